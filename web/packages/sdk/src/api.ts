import type { ChainReport, Conversation, Message, MessageKind, Presence, ReplyTo } from "./types.js";

export * from "./account/api.js";
export * from "./groups/api.js";
export * from "./roster/api.js";

/**
 * What the parts of a client offer. Every `list()` returns the same array until something in it changes, so it can
 * serve `useSyncExternalStore` as a snapshot. Rejections are `CeruleanError`.
 */
export interface ConversationsApi {
  /** Pinned first, then newest first. */
  list(): Conversation[];
  find(xid: number): Conversation | undefined;
  /** Fetches the list from the server. The client does so by itself after each connect. */
  load(): Promise<void>;
  /** Adds an empty conversation so that a chat can be opened before the first message. */
  open(xid: number): Conversation;
  /** Marks everything up to the newest message as read, here, on own devices and for the peer. */
  markRead(xid: number): Promise<void>;
  /** Clears my copy on all my devices. */
  remove(xid: number): Promise<void>;
  pin(xid: number, isPinned: boolean): Promise<void>;
  mute(xid: number, isMuted: boolean): Promise<void>;
  /** Tells the peer; repeats are throttled, so it can be called on every key press. */
  setTyping(xid: number, isTyping: boolean): void;
  /** Sum of unread counts of conversations that are not muted. */
  totalUnread(): number;
}

export interface SendTextOptions {
  mentions?: { all?: boolean; userIds?: number[] };
  replyTo?: ReplyTo;
  ext?: string;
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
  /** 0 to 1. The message itself also carries `progress`. */
  onProgress?: (fraction: number) => void;
}

export interface MessagesApi {
  /** Loaded messages, ascending; own unacknowledged ones last. */
  list(xid: number): Message[];
  find(xid: number, mid: number): Message | undefined;
  /** First call: the newest `n` (from the local cache at once, then from the server); later calls: `n` older ones. */
  loadOlder(xid: number, n?: number): Promise<{ hasMore: boolean }>;
  /** Resolves as soon as the message is in the outbox; follow its status by events. */
  sendText(xid: number, text: string, options?: SendTextOptions): Promise<Message>;
  sendLocation(xid: number, place: { latitude: number; longitude: number; address: string }): Promise<Message>;
  sendFile(xid: number, file: Blob, options?: SendFileOptions): Promise<Message>;
  /** Sends a copy of a message to another conversation. */
  forward(message: Message, xid: number): Promise<Message>;
  retry(localId: string): Promise<void>;
  /** Drops a message that failed or waits. */
  discard(localId: string): Promise<void>;
  /** Takes a message back for everyone. */
  recall(xid: number, mid: number): Promise<void>;
  deleteForMe(xid: number, mid: number): Promise<void>;
  /** Replaces the text of an own message. */
  edit(xid: number, mid: number, text: string): Promise<void>;
  verifyChain(xid: number): Promise<ChainReport>;
}

export interface FilesApi {
  /**
   * Address that `<img>`, `<a>` or `<audio>` can load: an attachment URL or a raw avatar value. The access token is
   * added only to addresses of the own server, since others may be written by anyone. Empty for anything that is not http(s).
   */
  urlFor(url: string, options?: { thumbnail?: boolean }): string;
}

export interface PresenceApi {
  /** Replaces the set of watched friends (200 at most); answers come as `presence` events. */
  watch(userIds: number[]): void;
  find(userId: number): Presence | undefined;
}
