import type { FileKind, SendFileOptions, SendTextOptions } from "../api.js";
import { CeruleanError } from "../errors.js";
import { imageSize, kindOf, videoInfo } from "../media.js";
import type { OutboxEntry } from "../store/store.js";
import type { Attachment, Message, MessageStatus } from "../types.js";
import type { MessageBody } from "../gen/xsync_pb.js";
import { attachmentText, kindOfContent, parseObject, withTexts } from "./convert.js";

export const TEXT_LIMIT_BYTES = 64 * 1024;

type Content = Pick<OutboxEntry, "xid" | "kind" | "text"> & Partial<OutboxEntry>;

export function checkText(text: string): void {
  if (text === "") throw new CeruleanError(0, "text-empty", "a message needs text");
  if (new TextEncoder().encode(text).length > TEXT_LIMIT_BYTES) throw new CeruleanError(0, "text-too-long", "a text has at most 64 KiB");
}

export function composeText(xid: number, text: string, options: SendTextOptions, senderName: string): Content {
  checkText(text);
  const config = options.mentions ? mentionConfig(text, options.mentions, senderName) : undefined;
  const own = {
    ...(options.replyTo ? { reply_to: options.replyTo } : {}),
    ...(options.format ? { format: options.format } : {}),
    ...(options.isStreaming === undefined ? {} : { streaming: options.isStreaming }),
  };
  const ext = Object.keys(own).length > 0 ? JSON.stringify({ ...parseObject(options.ext ?? ""), ...own }) : options.ext;
  return { xid, kind: "text", text, ...(config ? { config } : {}), ...(ext ? { ext } : {}) };
}

/** The key names are those that every client of the protocol reads. */
function mentionConfig(text: string, mentions: NonNullable<SendTextOptions["mentions"]>, senderNickname: string): string {
  return JSON.stringify({
    mentionAll: mentions.all ?? false,
    mentionList: mentions.userIds ?? [],
    mentionedMessage: "",
    pushMessage: text.slice(0, 100),
    senderNickname,
  });
}

export async function composeFile(xid: number, file: Blob, options: SendFileOptions): Promise<Content> {
  const kind: FileKind = options.kind ?? kindOf(file.type);
  const name = options.name ?? (file instanceof File ? file.name : kind);
  const size = kind === "image" && options.width === undefined ? await imageSize(file) : undefined;
  const video = kind === "video" && !options.poster ? await videoInfo(file) : undefined;
  const { width, height, duration } = { ...video, ...size, ...options };
  const poster = options.poster ?? video?.poster;
  const attachment: Attachment = {
    url: "",
    name,
    size: file.size,
    ...(file.type ? { mimeType: file.type } : {}),
    ...(width && height ? { width, height } : {}),
    ...(duration === undefined ? {} : { duration }),
    ...(options.waveform ? { waveform: options.waveform } : {}),
  };
  return { xid, kind, text: "", attachment, file, fileKind: kind, ...(poster ? { poster } : {}) };
}

export function composeForward(message: Message, xid: number): Content {
  const { kind, text, attachment, ext, replyTo } = message;
  // A quote points into the conversation it came from, so it stays behind.
  return { xid, kind, text, ...(attachment ? { attachment } : {}), ...(ext && !replyTo ? { ext } : {}) };
}

/** How an unacknowledged message is shown. */
export function waitingMessage(entry: OutboxEntry, status: MessageStatus, self: number): Message {
  const message: Message = {
    localId: entry.localId,
    mid: 0,
    xid: entry.xid,
    from: self,
    timestamp: entry.createdAt,
    kind: entry.kind,
    text: entry.text,
    status,
    isMine: true,
    isSystem: false,
    ...(entry.attachment ? { attachment: entry.attachment } : {}),
    ...(entry.file ? { localFile: entry.file } : {}),
    ...(status === "failed" && entry.error ? { error: entry.error } : {}),
  };
  return withTexts(message, { config: entry.config, ext: entry.ext });
}

/** A sent message with the body that was stored in place of its own, if one was. */
export function withStored(message: Message, body: MessageBody | undefined): Message {
  if (!body) return message;
  const { localId, mid, xid, from, timestamp, status, isMine, isSystem, localFile } = message;
  const kind = kindOfContent(body.ctype);
  const stored: Message = { localId, mid, xid, from, timestamp, kind, text: body.content, status, isMine, isSystem };
  const keepsFile = localFile && body.attachment === (message.attachment ? attachmentText(message.attachment) : "");
  return withTexts({ ...stored, ...(keepsFile ? { localFile } : {}) }, body);
}
