import type {
  Announcement, BatchResult, Group, GroupApplication, GroupCode, GroupInvitation, GroupMember, Page, SharedFile,
} from "../types.js";

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
  /** Files that members share; they stay when messages go. */
  readonly files: GroupFilesApi;
  /** QR codes that bring who scans them into a group. */
  readonly codes: GroupCodesApi;
  list(): Group[];
  load(): Promise<void>;
  /** From the cache. */
  find(groupId: number): Group | undefined;
  /** Asks the server. */
  info(groupId: number): Promise<Group>;
  /** Groups of the app that anyone may find. */
  publicGroups(): Promise<number[]>;
  create(group: { name: string; members: number[]; description?: string; avatar?: string; isPublic?: boolean }): Promise<Group>;
  destroy(groupId: number): Promise<void>;
  leave(groupId: number): Promise<void>;
  transfer(groupId: number, newOwner: number): Promise<void>;
  rename(groupId: number, name: string): Promise<void>;
  setDescription(groupId: number, description: string): Promise<void>;
  setAvatar(groupId: number, image: Blob): Promise<void>;
  /** A text of the app's own. */
  setExt(groupId: number, ext: string): Promise<void>;
  updateSettings(groupId: number, patch: GroupSettingsPatch): Promise<void>;

  /** All members, owner and admins first. */
  members(groupId: number): Promise<GroupMember[]>;
  /** A part of the members, in the order of their ids; `cursor` of the answer leads to the next, null at the end. */
  listMembers(groupId: number, page?: { cursor?: string; limit?: number }): Promise<Page<GroupMember>>;
  /** Some members by id; those who are none are left out. */
  findMembers(groupId: number, userIds: number[]): Promise<GroupMember[]>;
  /** Own card name. */
  setDisplayName(groupId: number, name: string): Promise<void>;
  /** 0 everything, 1 silent, 2 none. */
  setMuteMode(groupId: number, mode: number): Promise<void>;
  /** What reaches the phone: 0 all, 1 nothing, 2 admins and mentions, 3 admins, 4 mentions. */
  setPushMode(groupId: number, mode: number): Promise<void>;

  kick(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  /** -1 minutes is for ever. */
  ban(groupId: number, userIds: number[], minutes: number): Promise<BatchResult[]>;
  unban(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  /** Nobody but the managers may write. -1 minutes is for ever. */
  banAll(groupId: number, minutes: number): Promise<void>;
  unbanAll(groupId: number): Promise<void>;
  /** Puts out of the group and keeps out. */
  block(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  unblock(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  blocked(groupId: number): Promise<number[]>;
  addAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]>;
  removeAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]>;

  /** Newest first. */
  announcements(groupId: number): Promise<Announcement[]>;
  /** Publishes one more. */
  setAnnouncement(groupId: number, announcement: { title: string; content: string }): Promise<void>;
  removeAnnouncement(groupId: number, announcementId: number): Promise<void>;

  invite(groupId: number, userIds: number[], reason?: string): Promise<BatchResult[]>;
  /** Asks to be let in; where no approval is needed, this joins. */
  apply(groupId: number, reason?: string): Promise<void>;
  /** Invitations I have received. */
  invitations(): Promise<GroupInvitation[]>;
  handleInvitation(groupId: number, inviterId: number, isAccepted: boolean): Promise<void>;
  /** Applications to groups that I manage. */
  applications(): Promise<GroupApplication[]>;
  handleApplication(groupId: number, userId: number, isAccepted: boolean): Promise<void>;
}

export interface GroupFilesApi {
  /** Newest first. */
  list(groupId: number): Promise<SharedFile[]>;
  share(groupId: number, file: Blob, options?: { name?: string; onProgress?: (fraction: number) => void }): Promise<SharedFile>;
  rename(groupId: number, fileId: number, name: string): Promise<void>;
  remove(groupId: number, fileIds: number[]): Promise<void>;
}

export interface GroupCodesApi {
  /** Makes a code that is worth what its maker's right to invite is worth when it is scanned. */
  sign(groupId: number): Promise<GroupCode>;
  /** Joins by the text of a code; resolves to the group's id. */
  join(text: string): Promise<number>;
}
