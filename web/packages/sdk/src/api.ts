import type {
  Announcement, BatchResult, ChainReport, Conversation, Device, Group, GroupApplication, GroupInvitation, GroupMember,
  Message, MessageKind, Presence, Profile, ReplyTo, RosterApplication, RosterItem, UserSettings,
} from "./types.js";

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

export interface RosterApi {
  list(): RosterItem[];
  load(): Promise<void>;
  /** Exact user name, id, phone or e-mail; none or one. */
  find(query: string): Promise<RosterItem[]>;
  /** What is known about any user; see `ensureProfiles`. */
  profile(userId: number): RosterItem | undefined;
  /** Name to show for any user: alias, nickname, user name, else the id as text. */
  nameOf(userId: number): string;
  ensureProfiles(userIds: number[]): Promise<void>;
  apply(userId: number, reason?: string, options?: { alias?: string; answer?: string }): Promise<void>;
  /** Applications I have received. */
  applications(): Promise<RosterApplication[]>;
  accept(userId: number): Promise<void>;
  decline(userId: number, reason?: string): Promise<void>;
  remove(userId: number): Promise<void>;
  block(userId: number): Promise<void>;
  unblock(userId: number): Promise<void>;
  blocked(): Promise<number[]>;
  setAlias(userId: number, alias: string): Promise<void>;
}

export interface GroupSettingsPatch {
  allowMemberInvitation?: boolean;
  allowMemberModify?: boolean;
  enableReadAck?: boolean;
  historyVisible?: boolean;
  hideMemberInfo?: boolean;
  /** 0 anyone may join, 1 needs approval, 2 nobody. */
  applyApproval?: number;
}

export interface GroupsApi {
  list(): Group[];
  load(): Promise<void>;
  /** From the cache. */
  find(groupId: number): Group | undefined;
  /** Asks the server. */
  info(groupId: number): Promise<Group>;
  members(groupId: number): Promise<GroupMember[]>;
  create(group: { name: string; members: number[]; description?: string; avatar?: string; isPublic?: boolean }): Promise<Group>;
  destroy(groupId: number): Promise<void>;
  leave(groupId: number): Promise<void>;
  rename(groupId: number, name: string): Promise<void>;
  setDescription(groupId: number, description: string): Promise<void>;
  setAvatar(groupId: number, image: Blob): Promise<void>;
  /** Own card name. */
  setDisplayName(groupId: number, name: string): Promise<void>;
  updateSettings(groupId: number, patch: GroupSettingsPatch): Promise<void>;
  /** 0 everything, 1 silent, 2 none. */
  setMuteMode(groupId: number, mode: number): Promise<void>;
  announcements(groupId: number): Promise<Announcement[]>;
  setAnnouncement(groupId: number, announcement: { title: string; content: string }): Promise<void>;
  removeAnnouncement(groupId: number, announcementId: number): Promise<void>;
  invite(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  kick(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  ban(groupId: number, userIds: number[], minutes: number): Promise<BatchResult[]>;
  unban(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  banAll(groupId: number, minutes: number): Promise<void>;
  unbanAll(groupId: number): Promise<void>;
  block(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  unblock(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  blocked(groupId: number): Promise<number[]>;
  addAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  removeAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  transfer(groupId: number, newOwner: number): Promise<void>;
  apply(groupId: number, reason?: string): Promise<void>;
  /** Invitations I have received. */
  invitations(): Promise<GroupInvitation[]>;
  handleInvitation(groupId: number, inviterId: number, isAccepted: boolean): Promise<void>;
  /** Applications to groups that I manage. */
  applications(): Promise<GroupApplication[]>;
  handleApplication(groupId: number, userId: number, isAccepted: boolean): Promise<void>;
}

export interface AccountApi {
  profile(): Promise<Profile>;
  updateProfile(patch: { nickName?: string; description?: string; publicInfo?: string }): Promise<Profile>;
  setAvatar(image: Blob): Promise<Profile>;
  changePassword(oldPassword: string, newPassword: string): Promise<void>;
  devices(): Promise<Device[]>;
  kickDevice(deviceSn: number): Promise<void>;
  settings(): Promise<UserSettings>;
  updateSettings(patch: Partial<UserSettings>): Promise<UserSettings>;
  /** Deletes the account for good. */
  remove(password: string): Promise<void>;
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
