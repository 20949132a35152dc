import { useCallback, useRef, useState } from "react";
import { useAppContext } from "../client/ClientContext";
import { requestedMid } from "./jumpRequest";

export interface Jump {
  mid: number;
  /** Rises with each jump, so that the same message can be jumped to again. */
  turn: number;
}

/** Goes to a message, loading what lies between if need be. */
export function useJump(xid: number) {
  const { client, guard, ui, t } = useAppContext();
  const [jump, setJump] = useState<Jump | null>(() => {
    const mid = requestedMid(xid);
    return mid > 0 && client.messages.find(xid, mid) ? { mid, turn: 1 } : null;
  });
  const [isJumping, setJumping] = useState(false);
  const running = useRef<AbortController | null>(null);

  const jumpTo = useCallback(
    (mid: number) => {
      running.current?.abort();
      const stop = new AbortController();
      running.current = stop;
      guard(async () => {
        const isLoaded = client.messages.find(xid, mid) !== undefined;
        if (!isLoaded) setJumping(true);
        try {
          const isThere = isLoaded || (await client.messages.loadTo(xid, mid, { signal: stop.signal }));
          if (stop.signal.aborted) return;
          if (isThere) setJump((last) => ({ mid, turn: (last?.turn ?? 0) + 1 }));
          else ui.toast(t("message.gone"));
        } finally {
          setJumping(false);
        }
      });
    },
    [client, guard, t, ui, xid],
  );

  /** Goes to the first message after `mid`, which itself may be gone. */
  const jumpAfter = useCallback(
    (mid: number) => {
      guard(async () => {
        setJumping(true);
        try {
          await client.messages.loadTo(xid, mid);
        } finally {
          setJumping(false);
        }
        const first = client.messages.list(xid).find((one) => one.mid > mid && !one.isMine && (!one.isSystem || xid === 0));
        if (first) setJump((last) => ({ mid: first.mid, turn: (last?.turn ?? 0) + 1 }));
      });
    },
    [client, guard, xid],
  );

  return { jump, isJumping, jumpTo, jumpAfter };
}
