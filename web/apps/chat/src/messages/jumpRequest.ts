import { useEffect, useReducer } from "react";
import { navigate } from "../shell/route";

/** A message that somebody elsewhere on the page wants to see; taken by its conversation once that is open. */
let wanted: { xid: number; mid: number } | null = null;
const listeners = new Set<() => void>();

/** Opens a conversation at one of its messages. */
export function showMessage(xid: number, mid: number): void {
  wanted = { xid, mid };
  navigate("chats", xid);
  listeners.forEach((tell) => tell());
}

/** The message that a conversation is about to be opened at; 0 for none. */
export function requestedMid(xid: number): number {
  return wanted?.xid === xid ? wanted.mid : 0;
}

/** Goes to the message that was asked for, now and whenever another is. */
export function useJumpRequest(xid: number, jumpTo: (mid: number) => void): void {
  const [turn, look] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    listeners.add(look);
    return () => void listeners.delete(look);
  }, []);
  useEffect(() => {
    if (wanted?.xid !== xid) return;
    const { mid } = wanted;
    wanted = null;
    jumpTo(mid);
  }, [jumpTo, turn, xid]);
}
