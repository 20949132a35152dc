import type { ChainReport, Message, MessageKind, ReplyTo } from "../types.js";
import type { RecordOptions } from "./merged.js";
import type { ReadCount, ReaderPage } from "./readers.js";

export type { RecordOptions } from "./merged.js";
export type { ReadCount, ReaderPage } from "./readers.js";

export interface SendTextOptions {
  mentions?: { all?: boolean; userIds?: number[] };
  replyTo?: ReplyTo;
  ext?: string;
  /** Readers that can show Markdown do so; others see the text as it is. */
  format?: "markdown";
  /** More text will follow by `append`. */
  isStreaming?: boolean;
}

export type FileKind = Extract<MessageKind, "image" | "file" | "audio" | "video">;

export interface SendFileOptions {
  /** Default: from the MIME type. */
  kind?: FileKind;
  name?: string;
  /** Seconds, for audio and video. */
  duration?: number;
  width?: number;
  height?: number;
  /** Loudness of a voice message, values 0 to 31. */
  waveform?: number[];
  /** A still for a video. Default: taken from the video where the browser can. */
  poster?: Blob;
  /** 0 to 1. The message itself also carries `progress`. */
  onProgress?: (fraction: number) => void;
}

export interface SearchQuery {
  /** Part of a text, a file name or an address; case and width make no difference. Empty: everything that fits the rest. */
  text?: string;
  kinds?: MessageKind[];
  /** Only messages of this user. */
  from?: number;
}

export interface SearchProgress {
  /** Newest first. */
  hits: Message[];
  /** Messages of the server looked through so far. */
  scanned: number;
  /** Time of the oldest of them, 0 before the first page. */
  reachedAt: number;
  /** False while the search goes on, and when it was stopped. */
  isDone: boolean;
  /** It ended because it has found enough; older messages may fit too. `before` goes on. */
  isLimited: boolean;
}

export interface SearchOptions {
  /** Only messages with a smaller id, to go on after a search that was limited. */
  before?: number;
  /** Enough hits; default 200. */
  limit?: number;
  signal?: AbortSignal;
  onProgress?: (progress: SearchProgress) => void;
}

/** What was found in one conversation. */
export interface ConversationHits {
  xid: number;
  /** Newest first. */
  hits: Message[];
  /** There may be more: the search ended at its limit here. `search` finds them all. */
  hasMore: boolean;
}

export interface SearchAllProgress {
  /** Conversations with hits, the one with the newest hit first. */
  found: ConversationHits[];
  /** Conversations looked through to the end, and how many there are. */
  searched: number;
  total: number;
  /** Of those looked through, the ones of which only this device's copy could be read. */
  failed: number;
  /** False while the search goes on, and when it was stopped. */
  isDone: boolean;
}

export interface SearchAllOptions {
  /** Enough hits in one conversation; default 20. */
  limit?: number;
  signal?: AbortSignal;
  onProgress?: (progress: SearchAllProgress) => void;
}

export interface MessagesApi {
  /** Loaded messages, ascending; own unacknowledged ones last. */
  list(xid: number): Message[];
  find(xid: number, mid: number): Message | undefined;
  /** First call: the newest `n` (from the local cache at once, then from the server); later calls: `n` older ones. */
  loadOlder(xid: number, n?: number): Promise<{ hasMore: boolean }>;
  /** Loads older pages until a message is in the list. False when it is not there (deleted, or the way was cut off). */
  loadTo(xid: number, mid: number, options?: { signal?: AbortSignal }): Promise<boolean>;
  /** Looks through this device's copy at once, then through the whole history on the server, page by page. */
  search(xid: number, query: SearchQuery, options?: SearchOptions): Promise<SearchProgress>;
  /** The same over all conversations: this device's copies at once, then the server's, a few conversations at a time, newest first. */
  searchAll(query: SearchQuery, options?: SearchAllOptions): Promise<SearchAllProgress>;
  /**
   * Resolves as soon as the message is in the outbox; follow its status by events. In one conversation everything arrives in the order of
   * these calls: files are uploaded side by side, and what was sent after one waits for it, unless it fails or is dropped.
   */
  sendText(xid: number, text: string, options?: SendTextOptions): Promise<Message>;
  sendLocation(xid: number, place: { latitude: number; longitude: number; address: string }): Promise<Message>;
  sendFile(xid: number, file: Blob, options?: SendFileOptions): Promise<Message>;
  /** Sends a copy of a message to another conversation. */
  forward(message: Message, xid: number): Promise<Message>;
  /** Sends several messages of one conversation as one record that opens. */
  forwardMerged(messages: readonly Message[], xid: number, options: RecordOptions): Promise<Message>;
  /** Own messages that wait for the server, in all conversations; those that failed do not count. */
  waitingCount(): number;
  retry(localId: string): Promise<void>;
  /** Drops a message that failed or waits; a running upload is broken off. */
  discard(localId: string): Promise<void>;
  /** Takes a message back for everyone; a line without content (`recalledBy`) stays in its place. */
  recall(xid: number, mid: number): Promise<void>;
  deleteForMe(xid: number, mid: number): Promise<void>;
  /** Replaces the text of an own message. */
  edit(xid: number, mid: number, text: string): Promise<void>;
  /** Adds text to an own message, as agents that stream do. `isStreaming`: false with the last piece. */
  append(xid: number, mid: number, text: string, options?: { isStreaming?: boolean }): Promise<void>;
  /** I have listened to a voice message; its author is told once. */
  markPlayed(xid: number, mid: number): Promise<void>;
  /** How many have read own messages of a group that shows it (`Group.readAck`). */
  readCounts(groupId: number, mids: readonly number[]): Promise<ReadCount[]>;
  /** Who has, page by page. */
  readers(groupId: number, mid: number, cursor?: string): Promise<ReaderPage>;
  verifyChain(xid: number): Promise<ChainReport>;
}

/** Text that was written and not sent; survives a reload. Changes fire `draft`. */
export interface DraftsApi {
  get(xid: number): string;
  set(xid: number, text: string): void;
}
