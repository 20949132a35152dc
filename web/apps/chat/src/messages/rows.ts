import type { Message } from "@cerulean/sdk";
import { isSameDay } from "./time";

/** A message with what its neighbours decide about its looks. */
export interface Row {
  message: Message;
  startsDay: boolean;
  startsUnread: boolean;
  /** First and last of a run of messages by one sender. */
  isFirst: boolean;
  isLast: boolean;
}

const runGapMs = 5 * 60_000;

/** Stands between the messages as a line. What the system says in its own conversation is a message. */
export const isLine = ({ isSystem, xid, recalledBy }: Pick<Message, "isSystem" | "xid" | "recalledBy">) =>
  (isSystem && xid !== 0) || recalledBy !== undefined;

function continuesRun(before: Message | undefined, message: Message): boolean {
  if (!before || isLine(before) || isLine(message)) return false;
  return before.from === message.from && message.timestamp - before.timestamp < runGapMs && isSameDay(before.timestamp, message.timestamp);
}

export function buildRows(messages: readonly Message[], unreadLocalId: string | null): Row[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const startsUnread = message.localId === unreadLocalId;
    const isNextUnread = after !== undefined && after.localId === unreadLocalId;
    return {
      message,
      startsUnread,
      startsDay: !before || !isSameDay(before.timestamp, message.timestamp),
      isFirst: startsUnread || !continuesRun(before, message),
      isLast: isNextUnread || !after || !continuesRun(message, after),
    };
  });
}

export interface UnreadRange {
  readMid: number;
  headMid: number;
  count: number;
}

/** The first message that was unread when the conversation was opened. */
export function findFirstUnread(messages: readonly Message[], range: UnreadRange): string | null {
  if (range.count === 0) return null;
  const others = messages.filter((one) => !one.isMine && !isLine(one) && one.mid > 0 && one.mid <= range.headMid);
  const first = range.readMid > 0 ? others.find((one) => one.mid > range.readMid) : others.at(-range.count);
  return first?.localId ?? null;
}

/** Whether what is loaded reaches back to the last message read before. */
export function reachesRead(messages: readonly Message[], range: UnreadRange, hasMore: boolean): boolean {
  const oldest = messages.find((one) => one.mid > 0);
  return !hasMore || (oldest !== undefined && range.readMid > 0 && oldest.mid <= range.readMid);
}
