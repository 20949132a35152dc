import type { MessageBody_ContentType } from "../gen/xsync_pb.js";
import { kindOfContent } from "../messages/convert.js";
import { plainText } from "../messages/plain.js";
import type { Conversation, LastMessage, Message } from "../types.js";

export const UNREAD_LIMIT = 100;

export interface ServerConversation {
  xid: number;
  kind: "user" | "group" | "system";
  unread: number;
  head_mid: number;
  read_mid: number;
  peer_read_mid: number;
  is_pinned: boolean;
  is_muted: boolean;
  last: { mid: number; from: number; timestamp: number; ctype: MessageBody_ContentType; content: string } | null;
}

/**
 * Joins the server's view with the one here, which may already be ahead of it: messages and marks do not wait for the list.
 * `counted`: messages that were counted as unread here as they came.
 */
export function mergeConversation(known: Conversation, item: ServerConversation, self: number, counted: readonly number[]): Conversation {
  const readMid = Math.max(known.readMid, item.read_mid);
  const isAhead = known.headMid > item.head_mid;
  const isCountedHere = isReadFurther(known, item) && (item.head_mid <= known.headMid || readMid >= (item.last?.mid ?? 0));
  const later = counted.filter((mid) => mid > item.head_mid && mid > readMid).length;
  const unread = isCountedHere ? known.unread : Math.min(UNREAD_LIMIT, item.unread + later);
  const last = item.last ? lastOfServer(item.last, self) : null;
  const isOpen = known.last?.mid === 0 && (known.last.status !== "failed" || known.last.timestamp >= (last?.timestamp ?? 0));
  const keepsLast = known.last !== null && (isOpen || isAhead || known.last.mid === last?.mid);
  return {
    ...known,
    kind: item.kind,
    unread,
    isMentioned: known.isMentioned && unread > 0,
    mentionMids: unread === 0 ? [] : known.mentionMids.filter((mid) => mid > readMid),
    headMid: Math.max(known.headMid, item.head_mid),
    readMid,
    peerReadMid: Math.max(known.peerReadMid, item.peer_read_mid),
    isPinned: item.is_pinned,
    isMuted: item.is_muted,
    ...(keepsLast ? {} : { last, updatedAt: last?.timestamp ?? known.updatedAt }),
  };
}

/** The list was made before the server knew how far was read here, so that its count holds what was read. */
export function isReadFurther(known: Conversation, item: ServerConversation): boolean {
  return known.readMid > item.read_mid;
}

/** Whether a message takes the place of the last one in the list. One that failed does so only if nothing came after it. */
export function isNewest(message: Message, last: LastMessage | null): boolean {
  if (message.status === "failed") return message.timestamp >= (last?.timestamp ?? 0);
  return message.mid === 0 || message.mid >= (last?.mid ?? 0);
}

function lastOfServer(last: NonNullable<ServerConversation["last"]>, self: number): LastMessage {
  const { mid, from, timestamp, content } = last;
  return { mid, from, timestamp, kind: kindOfContent(last.ctype), text: content, isMine: from === self };
}

export function lastOf(message: Message): LastMessage {
  const { mid, from, timestamp, kind, isMine, status } = message;
  return { mid, from, timestamp, kind, text: (textOf(message) || message.attachment?.name || "").slice(0, 200), isMine, status };
}

function textOf({ text, format, isAppended }: Message): string {
  return format === "markdown" || isAppended ? plainText(text.slice(0, 2000)) : text;
}
