import { bytesToHex } from "@noble/hashes/utils.js";
import type { MessageItem } from "../codec/item.js";
import { MessageBody_ContentType as ContentType, MessageBody_Status } from "../gen/xsync_pb.js";
import type { Attachment, Mentions, Message, MessageKind, ReplyTo } from "../types.js";
import { recordOf } from "./merged.js";

const kinds: Record<ContentType, MessageKind> = {
  [ContentType.TEXT]: "text",
  [ContentType.IMAGE]: "image",
  [ContentType.AUDIO]: "audio",
  [ContentType.VIDEO]: "video",
  [ContentType.FILE]: "file",
  [ContentType.LOCATION]: "location",
  [ContentType.COMMAND]: "command",
  [ContentType.FORWARD]: "text",
  [ContentType.RTC]: "rtc",
};

const contentTypes: Record<MessageKind, ContentType> = {
  text: ContentType.TEXT,
  image: ContentType.IMAGE,
  audio: ContentType.AUDIO,
  video: ContentType.VIDEO,
  file: ContentType.FILE,
  location: ContentType.LOCATION,
  command: ContentType.COMMAND,
  rtc: ContentType.RTC,
};

export function kindOfContent(type: ContentType): MessageKind {
  return kinds[type] ?? "text";
}

export function contentTypeOf(kind: MessageKind): ContentType {
  return contentTypes[kind];
}

/** The conversation an item belongs to: what someone else sends to me is the sender's, everything else that of the addressee. */
export function conversationOf(item: { from: number; to: number }, self: number): number {
  return item.to === self && item.from !== self ? item.from : item.to;
}

export function toMessage(item: MessageItem, self: number): Message {
  if (item.recalledBy > 0) return toTrace(item, self);
  const { body } = item;
  const isMine = item.from === self;
  const message: Message = {
    localId: `m${item.mid}`,
    mid: item.mid,
    xid: conversationOf(item, self),
    from: item.from,
    timestamp: item.timestamp,
    kind: kindOfContent(body.ctype),
    text: body.content,
    status: statusOf(body.status, isMine),
    isMine,
    isSystem: body.isSystem || item.from === 0,
    ...(item.position > 0 ? { position: item.position } : {}),
    ...(item.link.length > 0 ? { link: bytesToHex(item.link) } : {}),
    ...(body.editTimestamp > 0n ? { editedAt: Number(body.editTimestamp) } : {}),
  };
  return withTexts(message, { config: body.config, ext: body.ext, attachment: body.attachment });
}

/** What is left of a message that was taken back. */
function toTrace(item: MessageItem, self: number): Message {
  return {
    localId: `m${item.mid}`,
    mid: item.mid,
    xid: conversationOf(item, self),
    from: item.from,
    timestamp: item.timestamp,
    kind: "text",
    text: "",
    status: "delivered",
    isMine: item.from === self,
    isSystem: false,
    recalledBy: item.recalledBy,
    ...(item.position > 0 ? { position: item.position } : {}),
  };
}

/** Adds the opaque texts and what the SDK reads out of them. */
export function withTexts(message: Message, texts: { config?: string; ext?: string; attachment?: string }): Message {
  const result = { ...message };
  if (texts.config) {
    result.config = texts.config;
    const mentions = mentionsOf(texts.config);
    if (mentions) result.mentions = mentions;
  }
  if (texts.ext) {
    result.ext = texts.ext;
    Object.assign(result, readExt(texts.ext));
  }
  if (texts.attachment) result.attachment = attachmentOf(texts.attachment);
  return result;
}

/** Commands are events for the app, and of call control only the closing record belongs into a list. */
export function isListed(message: Message): boolean {
  if (message.kind === "command") return false;
  return message.kind !== "rtc" || parseObject(message.config ?? "")["action"] === "record";
}

function statusOf(status: MessageBody_Status, isMine: boolean): Message["status"] {
  if (status === MessageBody_Status.READ) return "read";
  if (status === MessageBody_Status.DELIVERED) return "delivered";
  return isMine ? "sent" : "delivered";
}

export function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What our clients write into the application text; everything else there is the app's own. */
function readExt(text: string): Pick<Message, "replyTo" | "merged" | "format" | "isStreaming"> {
  const ext = parseObject(text);
  const replyTo = replyOf(ext);
  const merged = recordOf(ext);
  return {
    ...(replyTo ? { replyTo } : {}),
    ...(merged ? { merged } : {}),
    ...(ext["format"] === "markdown" ? { format: "markdown" } : {}),
    ...(typeof ext["streaming"] === "boolean" ? { isStreaming: ext["streaming"] } : {}),
  };
}

export function attachmentOf(text: string): Attachment {
  const raw = parseObject(text);
  return {
    url: textOf(raw["url"]),
    name: textOf(raw["dName"] ?? raw["name"]),
    size: numberOf(raw["fLen"]) ?? 0,
    ...defined({
      width: numberOf(raw["width"]),
      height: numberOf(raw["height"]),
      duration: numberOf(raw["duration"]),
      thumbnailUrl: raw["tUrl"] ? textOf(raw["tUrl"]) : undefined,
      mimeType: raw["mime"] ? textOf(raw["mime"]) : undefined,
      latitude: numberOf(raw["lat"]),
      longitude: numberOf(raw["lon"]),
      address: raw["addr"] ? textOf(raw["addr"]) : undefined,
      waveform: waveformOf(raw["wave"]),
    }),
  };
}

/** The wire form of an attachment: JSON with the key names every client of the protocol knows. */
export function attachmentText(attachment: Attachment): string {
  return JSON.stringify({
    ...(attachment.latitude === undefined ? { url: attachment.url, dName: attachment.name, fLen: attachment.size } : {}),
    width: attachment.width,
    height: attachment.height,
    duration: attachment.duration,
    tUrl: attachment.thumbnailUrl,
    mime: attachment.mimeType,
    lat: attachment.latitude,
    lon: attachment.longitude,
    addr: attachment.address,
    wave: attachment.waveform,
  });
}

function mentionsOf(config: string): Mentions | undefined {
  const raw = parseObject(config);
  const userIds = Array.isArray(raw["mentionList"]) ? raw["mentionList"].map(Number).filter(Number.isSafeInteger) : [];
  const all = raw["mentionAll"] === true;
  return all || userIds.length > 0 ? { all, userIds } : undefined;
}

function replyOf(ext: Record<string, unknown>): ReplyTo | undefined {
  const raw = ext["reply_to"] as Record<string, unknown> | undefined;
  const mid = numberOf(raw?.["mid"]);
  if (!raw || !mid) return undefined;
  return { mid, from: numberOf(raw["from"]) ?? 0, text: textOf(raw["text"]) };
}

const WAVE_LIMIT = 128;

function waveformOf(value: unknown): number[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.slice(0, WAVE_LIMIT).map((one) => Math.max(0, Math.min(31, Number(one) || 0)));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
