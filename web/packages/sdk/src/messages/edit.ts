import type { SendReplyFrame } from "../codec/frame.js";
import type { Message } from "../types.js";
import { parseObject, withTexts } from "./convert.js";

export interface Edit {
  /** Id of the operation. */
  mid: number;
  at: number;
  isAppend: boolean;
  content: string;
  config: string;
  ext: string;
}

/** An own edit as the server took it, which may be with other words. */
export function editOf(reply: SendReplyFrame, sent: Pick<Edit, "isAppend" | "content" | "config" | "ext">): Edit {
  const { content, config, ext } = reply.body ?? sent;
  return { mid: reply.serverMid, at: reply.editTimestamp || reply.serverTime || Date.now(), isAppend: sent.isAppend, content, config, ext };
}

/** A message with an APPEND or REPLACE applied; the same object when the edit is older than what is shown. */
export function applyEdit(message: Message, edit: Edit): Message {
  if (message.recalledBy !== undefined) return message;
  const shown = message.editedAt ?? 0;
  const isRepeat = edit.at === shown && (message.editMid === undefined || edit.mid <= message.editMid);
  if (edit.at < shown || isRepeat || edit.at < message.timestamp) return message;
  const text = edit.isAppend ? message.text + edit.content : edit.content || message.text;
  return withTexts(
    { ...message, text, editedAt: edit.at, editMid: edit.mid, ...(edit.isAppend ? { isAppended: true } : {}) },
    { config: mergeTexts(message.config, edit.config), ext: mergeTexts(message.ext, edit.ext) },
  );
}

/** Merges two JSON objects given as text; `null` and empty mean unchanged. */
function mergeTexts(old: string | undefined, change: string): string | undefined {
  if (change === "" || change === "null") return old;
  // Integers that a double cannot hold would be damaged by parsing, so the newer text stands as it is.
  const isUnsafe = /\d{16,}/.test(change) || /\d{16,}/.test(old ?? "");
  if (!old || isUnsafe) return change;
  return JSON.stringify({ ...parseObject(old), ...parseObject(change) });
}
