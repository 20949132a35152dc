/** Plain data that the SDK hands out. All ids are numbers below 2^53; all times are milliseconds since the epoch. */

export type ClientState = "signed-out" | "connecting" | "online" | "offline" | "kicked";

/** Why a session ended. `same-device`: another tab of this browser took over; its stored session stays. */
export type KickReason =
  | "same-device"
  | "other-device"
  | "device-removed"
  | "password-changed"
  | "frozen"
  | "removed"
  | "token-invalid"
  | "server-moved"
  | "license";

export interface Profile {
  userId: number;
  username: string;
  nickName: string;
  /** Raw value; pass it through `client.files.urlFor` to load it. Empty when none. */
  avatar: string;
  description: string;
  mobile: string;
  email: string;
  /** Texts of the app's own: one that everybody sees, one for the user alone. */
  publicInfo: string;
  privateInfo: string;
  /** Nickname, else user name. */
  displayName: string;
}

export type MessageKind = "text" | "image" | "audio" | "video" | "file" | "location" | "command" | "rtc";
export type MessageStatus = "queued" | "sending" | "sent" | "delivered" | "read" | "failed";

export interface Attachment {
  url: string;
  /** File name. */
  name: string;
  /** Bytes. */
  size: number;
  width?: number;
  height?: number;
  /** Seconds. */
  duration?: number;
  thumbnailUrl?: string;
  mimeType?: string;
  latitude?: number;
  longitude?: number;
  address?: string;
  /** Loudness of a voice message over time, each value 0 to 31. */
  waveform?: number[];
}

export interface Mentions {
  all: boolean;
  userIds: number[];
}

export interface ReplyTo {
  mid: number;
  from: number;
  text: string;
}

/** One message inside a merged record. */
export interface MergedItem {
  from: number;
  /** The sender's name as the one who forwarded it saw it. */
  name: string;
  timestamp: number;
  kind: MessageKind;
  text: string;
  /** What it quoted. */
  replyTo?: { from: number; name: string; text: string };
  attachment?: Attachment;
}

/** Several messages forwarded as one. */
export interface MergedRecord {
  /** In the language of the one who forwarded them; where `of` is there, a title made of that is in the reader's. */
  title: string;
  /** The name of the conversation they come from. */
  of?: string;
  items: MergedItem[];
}

/** Never changed in place: a change puts a new object with the same `localId` into the list. */
export interface Message {
  /** Stable for the life of the message in this browser; use it as a list key. */
  localId: string;
  /** Id given by the server; 0 until the server has acknowledged the send. */
  mid: number;
  xid: number;
  from: number;
  timestamp: number;
  kind: MessageKind;
  text: string;
  attachment?: Attachment;
  /** JSON texts exactly as on the wire (they may hold integers that a double cannot). */
  config?: string;
  ext?: string;
  mentions?: Mentions;
  replyTo?: ReplyTo;
  /** Present when this message carries others; `text` then says the same in plain words. */
  merged?: MergedRecord;
  /** How `text` is written; absent for plain text. */
  format?: "markdown";
  /** Its author says that more text will be appended. */
  isStreaming?: boolean;
  status: MessageStatus;
  /** Present when `status` is `failed`. */
  error?: MessageError;
  /** Upload progress, 0 to 1, while a file is on its way. */
  progress?: number;
  /** Object URL or data of the file being sent, for a preview before the upload ends. This session only. */
  localFile?: Blob;
  editedAt?: number;
  /** Id of the last edit that was applied here; keeps a repeated APPEND from counting twice. */
  editMid?: number;
  /** Text was added by APPEND since this device knows the message, as streaming agents do. */
  isAppended?: boolean;
  /** A voice message: I have played it, or for an own one, somebody has. */
  isPlayed?: boolean;
  /** Who took the message back. Its content is gone, only this line of it stays. */
  recalledBy?: number;
  isMine: boolean;
  isSystem: boolean;
  /** 1-based place in the conversation. */
  position?: number;
  /** Hash-chain link, hex. */
  link?: string;
}

export interface MessageError {
  code: number;
  reason: string;
  message: string;
}

export type ConversationKind = "user" | "group" | "system";

export interface LastMessage {
  mid: number;
  from: number;
  timestamp: number;
  kind: MessageKind;
  text: string;
  isMine: boolean;
  status?: MessageStatus;
}

export interface Conversation {
  xid: number;
  kind: ConversationKind;
  /** Display name resolved from roster or group; empty until it is known. */
  name: string;
  /** Raw value for `client.files.urlFor`. */
  avatar: string;
  /** Counts other people's messages; the server stops counting at 100. */
  unread: number;
  last: LastMessage | null;
  /** Time of the last message, 0 when there is none. */
  updatedAt: number;
  isPinned: boolean;
  isMuted: boolean;
  /** Someone mentioned me in an unread message. */
  isMentioned: boolean;
  /** Users who are typing now. */
  typing: number[];
  headMid: number;
  readMid: number;
  peerReadMid: number;
  /** Own messages up to this id have reached a device of the peer, as far as this device was told. */
  peerDeliveredMid: number;
  /** Unread messages that mention me, oldest first, as far as this device knows them. */
  mentionMids: number[];
}

export type Relation = "friend" | "deleted" | "stranger" | "blocked";

export interface RosterItem {
  userId: number;
  username: string;
  nickName: string;
  alias: string;
  avatar: string;
  description: string;
  publicInfo: string;
  ext: string;
  relation: Relation;
  isMuted: boolean;
  /** How this user takes applications: 0 at once, 1 asks, 2 answer to a question, 3 refuses. */
  authMode: number;
  authQuestion: string;
  /** Alias, else nickname, else user name. */
  displayName: string;
}

export type RequestStatus = "pending" | "accepted" | "declined";

export interface RosterApplication {
  userId: number;
  reason: string;
  status: RequestStatus;
  expiresAt: number;
}

/** One that I made on this device and that has no answer yet. */
export interface SentApplication {
  userId: number;
  reason: string;
  expiresAt: number;
}

export interface Group {
  groupId: number;
  /** Groups may have none. */
  name: string;
  /** In a group without a name: the first few other members, to call it by. Comes a moment later than the rest. */
  memberNames?: string[];
  avatar: string;
  description: string;
  ext: string;
  ownerId: number;
  type: number;
  count: number;
  capacity: number;
  createdAt: number;
  updatedAt: number;
  /** 0 anyone may join, 1 needs approval, 2 nobody. */
  applyApproval: number;
  /** Whole-group ban: -1 for ever, 0 none, else seconds since the epoch. */
  banExpireTime: number;
  hideMemberInfo: boolean;
  historyVisible: boolean;
  memberInvite: boolean;
  memberModify: boolean;
  readAck: boolean;
  /** 0 everything, 1 silent, 2 none; my own choice. */
  msgMuteMode: number;
  /** What reaches my phone: 0 all, 1 nothing, 2 admins and mentions, 3 admins, 4 mentions. */
  msgPushMode: number;
}

export type GroupRole = "owner" | "admin" | "member";

export interface GroupMember {
  userId: number;
  /** Card name in the group, else display name of the user. */
  displayName: string;
  avatar: string;
  role: GroupRole;
  joinedAt: number;
  isBanned: boolean;
  /** End of the ban; -1 for ever. */
  bannedUntil?: number;
}

export interface GroupInvitation {
  groupId: number;
  inviterId: number;
  inviteeId: number;
  reason: string;
  status: RequestStatus;
  expiresAt: number;
}

export interface GroupApplication {
  groupId: number;
  applicantId: number;
  reason: string;
  status: RequestStatus;
  expiresAt: number;
}

export interface Announcement {
  id: number;
  groupId: number;
  author: number;
  title: string;
  content: string;
  createdAt: number;
}

export interface SharedFile {
  fileId: number;
  groupId: number;
  name: string;
  /** Bytes. */
  size: number;
  mimeType: string;
  uploader: number;
  /** Raw value for `client.files.urlFor`. */
  url: string;
  createdAt: number;
}

/** An invitation to whoever scans its text as a QR code. */
export interface GroupCode {
  groupId: number;
  text: string;
  createdAt: number;
  expiresAt: number;
}

/** A part of a long list. `cursor` asks for the next part; null at the end. */
export interface Page<T> {
  items: T[];
  cursor: string | null;
  /** Of all parts together. */
  total: number;
}

/** One entry per user of a batch operation. */
export interface BatchResult {
  userId: number;
  isOk: boolean;
  /** An `ErrorReason` when it failed, empty else. */
  reason: string;
  /** What the server said. */
  message: string;
}

export interface Device {
  deviceSn: number;
  platform: number;
  userAgent: string;
  /** Milliseconds: when it signed in with the newest of its tokens. */
  signedInAt: number;
  /** Milliseconds: when it last connected, exact to an hour. */
  lastSeenAt: number;
  isThis: boolean;
}

export interface UserSettings {
  /** How friend applications are taken: 0 at once, 1 by approval, 2 with the right answer, 3 not at all. */
  authMode: number;
  authQuestion: string;
  authAnswer: string;
  /** Invitations to groups wait for my yes. */
  groupConfirm: boolean;
  autoDownload: boolean;
  noPush: boolean;
  /** Pushes tell that there is something, not what. */
  noPushDetail: boolean;
  /** Hours from 0 to 23 between which nothing is pushed; equal ones mean never. */
  noPushStartHour: number;
  noPushEndHour: number;
  /** Name shown to others in pushes. */
  pushNickName: string;
  noSounds: boolean;
  vibratory: boolean;
  /** Hours from 0 to 23 without sounds; equal ones mean never. */
  silenceStartTime: number;
  silenceEndTime: number;
}

/** Somebody who helps users of the app. */
export interface SupportStaff {
  userId: number;
  username: string;
  nickName: string;
  /** Raw value for `client.files.urlFor`. */
  avatar: string;
}

/** What holds for the signed-in user; null is no limit. */
export interface Limits {
  textBytes: number;
  fileBytes: number;
  /** Users or groups that one batch operation may name. */
  batchItems: number;
  requestsPerMinute: number | null;
  requestsPerMinuteOfDevice: number | null;
  sendsPerMinute: number | null;
  framesPerMinute: number | null;
  /** Bytes a device may send in a day. */
  trafficPerDay: number | null;
  /** Devices signed in at once. */
  maxDevices: number | null;
}

/** A code shown by a browser that wants to be signed in by another device. */
export interface SignInCode {
  /** Never to be shown: whoever has it is signed in when the other device agrees. */
  ticket: string;
  /** What the picture says. */
  url: string;
  expiresAt: number;
}

export type SignInCodeStatus = "waiting" | "scanned" | "confirmed" | "refused" | "expired";

/** Who asks to be signed in by a code. */
export interface SignInRequest {
  /** What the browser says of itself. */
  userAgent: string;
  /** Empty where the server does not know it. */
  address: string;
  createdAt: number;
  expiresAt: number;
}

export interface ChainReport {
  checked: number;
  intact: boolean;
  /** Id of the first item that does not fit. */
  brokenAt?: number;
  /** What did not fit there. */
  problem?: "link" | "position" | "local" | "head";
}

export interface Presence {
  userId: number;
  isOnline: boolean;
  since: number;
}

export type GroupEventType =
  | "created" | "destroyed" | "joined" | "left" | "kicked" | "blocked" | "unblocked"
  | "applied" | "application-accepted" | "application-declined"
  | "invited" | "invitation-accepted" | "invitation-declined"
  | "owner-assigned" | "admin-granted" | "admin-revoked"
  | "muted" | "unmuted" | "banned" | "unbanned" | "info-updated" | "announcement-updated" | "list";

export type RosterEventType =
  | "list" | "added" | "removed" | "accepted" | "declined" | "blocked" | "unblocked"
  | "muted" | "unmuted" | "info-updated" | "profiles";

export interface ClientEvents {
  state: { state: ClientState; reason?: KickReason };
  /** One conversation changed (also fired for each new one). */
  conversation: Conversation;
  /** `conversations.list()` changed in any way. */
  conversations: Conversation[];
  /** A new message arrived or was sent from here or from another own device. Not fired for history. */
  message: Message;
  /** `messages.list(xid)` changed in any way. */
  messages: { xid: number };
  "message-status": { xid: number; localId: string; mid: number; status: MessageStatus; error?: MessageError };
  /** Edited, appended to (streaming), progress. */
  "message-changed": Message;
  "message-removed": { xid: number; mid: number; localId: string; cause: "recalled" | "deleted" | "cleared"; by?: number };
  typing: { xid: number; userId: number; isTyping: boolean };
  /** A draft changed. */
  draft: { xid: number };
  roster: { type: RosterEventType; userId?: number };
  /** Someone applied to be my friend, or the list of applications changed. */
  application: { userId?: number; reason?: string };
  group: { type: GroupEventType; groupId: number; from?: number; to?: number[]; content?: string };
  /** I was invited to a group, or the list of invitations or applications changed. */
  invitation: { groupId: number; from?: number };
  presence: Presence;
  /** Own profile, settings or devices changed. */
  account: { type: "profile" | "settings" | "devices" };
  /** Another device of mine came or went just now. `added`: it was never signed in before. */
  device: { change: "added" | "signed-in" | "gone"; deviceSn: number; platform: number };
  kicked: { reason: KickReason };
  error: Error;
}

export type ClientEventName = keyof ClientEvents;
export type ClientEventHandler<K extends ClientEventName> = (event: ClientEvents[K]) => void;

export interface ServerInfo {
  name: string;
  version: string;
  /** Set on a development server only. */
  defaultApp: string | null;
}
