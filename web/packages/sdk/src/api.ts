import type { Conversation, Presence } from "./types.js";

export * from "./account/api.js";
export * from "./groups/api.js";
export * from "./links/api.js";
export * from "./messages/api.js";
export * from "./phone/api.js";
export * from "./push/api.js";
export * from "./roster/api.js";

/**
 * What the parts of a client offer. Every `list()` returns the same array until something in it changes, so it can
 * serve `useSyncExternalStore` as a snapshot. Rejections are `CeruleanError`.
 */
export interface ConversationsApi {
  /** Pinned first, then newest first. */
  list(): Conversation[];
  find(xid: number): Conversation | undefined;
  /** After a reload, until the server has answered: what the list shows, its counts too, is what the last visit left. */
  readonly isStale: boolean;
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

export interface FilesApi {
  /**
   * Address that `<img>`, `<a>` or `<audio>` can load: an attachment URL or a raw avatar value. The access token is
   * added only to addresses of the own server, since others may be written by anyone. Empty for anything that is not http(s).
   */
  urlFor(url: string, options?: { thumbnail?: boolean }): string;
  /** The same for pictures that are loaded unasked, as avatars are: empty too for what lies on another server, which would learn who looks. */
  avatarFor(value: string, options?: { thumbnail?: boolean }): string;
  /** Name of the other server that an address leads to; empty for the own one. What lies there is best loaded only when asked for. */
  foreignHost(url: string): string;
}

export interface PresenceApi {
  /** Replaces the set of watched friends (200 at most); answers come as `presence` events. */
  watch(userIds: number[]): void;
  find(userId: number): Presence | undefined;
}
