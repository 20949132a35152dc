import { CeruleanError } from "../errors.js";
import type { Attachment, MergedItem, MergedRecord, Message, MessageKind } from "../types.js";
import { attachmentOf, attachmentText } from "./convert.js";

/** The server takes 64 KiB of application text; the rest is room for what else stands there. */
const LIMIT_BYTES = 60 * 1024;
const PLAIN_LINES = 20;

export interface RecordOptions {
  /** What clients show that know nothing of `of`, in the language of the sender. */
  title: string;
  /** The name of the conversation they come from, of which each reader's client makes a title in his language. */
  of?: string;
  nameOf(userId: number): string;
  /** One line for what has no text, in the language of the sender; for the plain words. */
  describe(message: Message): string;
}

/** The text older clients show, and the record that newer ones open. */
export function composeRecord(messages: readonly Message[], options: RecordOptions): { text: string; ext: string } {
  const usable = messages.filter((message) => message.mid > 0 && message.recalledBy === undefined && !message.isSystem);
  if (usable.length === 0) throw new CeruleanError(0, "text-empty", "there is nothing to forward");
  const items = usable.map((message) => ({
    from: message.from,
    name: options.nameOf(message.from),
    at: message.timestamp,
    kind: message.kind,
    text: message.text,
    ...(message.replyTo ? { reply: { from: message.replyTo.from, name: options.nameOf(message.replyTo.from), text: message.replyTo.text } } : {}),
    ...(message.attachment?.url || message.attachment?.latitude !== undefined ? { attachment: attachmentText(message.attachment) } : {}),
  }));
  const ext = JSON.stringify({ merged: { title: options.title, of: options.of, items } });
  if (new TextEncoder().encode(ext).length > LIMIT_BYTES) throw new CeruleanError(0, "too-large", "a merged record has at most 60 KiB");
  const lines = usable.slice(0, PLAIN_LINES).map((message) => `${options.nameOf(message.from)}: ${message.text || options.describe(message)}`);
  return { text: [`[${options.title}]`, ...lines, ...(items.length > PLAIN_LINES ? ["…"] : [])].join("\n"), ext };
}

export function recordOf(ext: Record<string, unknown>): MergedRecord | undefined {
  const raw = ext["merged"] as { title?: unknown; of?: unknown; items?: unknown } | undefined;
  if (typeof raw !== "object" || raw === null || !Array.isArray(raw.items)) return undefined;
  const items = raw.items.map(itemOf).filter((item) => item !== undefined);
  const of = typeof raw.of === "string" && raw.of !== "" ? { of: raw.of } : {};
  return { title: typeof raw.title === "string" ? raw.title : "", ...of, items };
}

const kinds: ReadonlySet<string> = new Set<MessageKind>(["text", "image", "audio", "video", "file", "location", "rtc"]);

function itemOf(value: unknown): MergedItem | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const raw = value as Record<string, unknown>;
  const attachment: Attachment | undefined = typeof raw["attachment"] === "string" ? attachmentOf(raw["attachment"]) : undefined;
  const kind = kinds.has(String(raw["kind"])) ? (raw["kind"] as MessageKind) : "text";
  const text = String(raw["text"] ?? "");
  // What carries nothing is told by its kind alone, in the reader's language; records made before this have words for it.
  const isKindEnough = attachment !== undefined || (kind === "rtc" && text === "");
  const replyTo = quoteOf(raw["reply"]);
  return {
    from: Number(raw["from"]) || 0,
    name: String(raw["name"] ?? ""),
    timestamp: Number(raw["at"]) || 0,
    kind: isKindEnough ? kind : "text",
    text,
    ...(replyTo ? { replyTo } : {}),
    ...(attachment ? { attachment } : {}),
  };
}

function quoteOf(value: unknown): MergedItem["replyTo"] {
  if (typeof value !== "object" || value === null) return undefined;
  const raw = value as Record<string, unknown>;
  return { from: Number(raw["from"]) || 0, name: String(raw["name"] ?? ""), text: String(raw["text"] ?? "") };
}
