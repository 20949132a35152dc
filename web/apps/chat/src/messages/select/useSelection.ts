import { useCallback, useMemo, useState } from "react";
import type { Message } from "@cerulean/sdk";

/** Most messages that one record or one round of forwarding takes. */
export const selectionLimit = 100;

export interface Selection {
  isActive: boolean;
  /** In the order of the conversation. */
  chosen: Message[];
  has(localId: string): boolean;
  start(message: Message): void;
  toggle(message: Message): void;
  end(): void;
}

export const isSelectable = (message: Message): boolean => message.mid > 0 && !message.isSystem && message.recalledBy === undefined;

export function useSelection(messages: readonly Message[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string> | null>(null);
  const chosen = useMemo(() => (ids ? messages.filter((one) => ids.has(one.localId) && isSelectable(one)) : []), [ids, messages]);
  const start = useCallback((message: Message) => setIds(new Set([message.localId])), []);
  const end = useCallback(() => setIds(null), []);
  const toggle = useCallback((message: Message) => {
    setIds((old) => {
      const next = new Set(old);
      if (!next.delete(message.localId) && next.size < selectionLimit) next.add(message.localId);
      return next;
    });
  }, []);
  return { isActive: ids !== null, chosen, has: (localId) => ids?.has(localId) === true, start, toggle, end };
}
