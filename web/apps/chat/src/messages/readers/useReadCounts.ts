import { useEffect, useMemo, useRef, useState } from "react";
import { CeruleanError, type Message, type ReadCount } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";

const newestOnly = 50;
/** Nobody is told when a group is read, so whoever looks asks again. */
const pollMs = 10_000;
const settleMs = 1_500;
const passing: readonly string[] = ["offline", "network", "timeout", "rate-limited", "server-error"];

/** How many have read my newest messages of a group that shows it. Empty elsewhere. */
export function useReadCounts(xid: number, isShown: boolean, messages: readonly Message[]): ReadonlyMap<number, ReadCount> {
  const client = useClient();
  const [counts, setCounts] = useState<ReadonlyMap<number, ReadCount>>(new Map());
  const own = useMemo(() => {
    const mine = messages.filter((one) => one.isMine && one.mid > 0 && !one.isSystem && one.recalledBy === undefined);
    return mine.slice(-newestOnly).map((one) => one.mid);
  }, [messages]);
  const latest = useRef(counts);
  latest.current = counts;
  const key = own.join();

  useEffect(() => {
    if (!isShown || key === "") return;
    let isCurrent = true;
    const ask = async () => {
      const open = key.split(",").map(Number).filter((mid) => {
        const known = latest.current.get(mid);
        return !known || known.readCount < known.memberCount;
      });
      if (open.length === 0 || document.visibilityState !== "visible") return;
      const found = await client.messages.readCounts(xid, open).catch((thrown: unknown) => {
        // What the network kept back is asked for in the next round; a refusal would only be repeated.
        const isPassing = thrown instanceof CeruleanError && passing.includes(thrown.reason);
        if (!isPassing) clearInterval(timer);
        return [];
      });
      if (isCurrent && found.length > 0) setCounts((old) => new Map([...old, ...found.map((one) => [one.mid, one] as const)]));
    };
    const first = setTimeout(() => void ask(), latest.current.size === 0 ? 0 : settleMs);
    const timer = setInterval(() => void ask(), pollMs);
    return () => {
      isCurrent = false;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [client, isShown, key, xid]);

  return isShown ? counts : none;
}

const none: ReadonlyMap<number, ReadCount> = new Map();
