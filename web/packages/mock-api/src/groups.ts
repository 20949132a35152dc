import {
  CeruleanError,
  type Announcement,
  type BatchResult,
  type Group,
  type GroupApplication,
  type GroupCodesApi,
  type GroupFilesApi,
  type GroupInvitation,
  type GroupMember,
  type GroupRole,
  type GroupsApi,
  type GroupSettingsPatch,
  type Page,
  type RequestStatus,
  type SharedFile,
} from "@cerulean/sdk";
import type { MockClient } from "./client";
import { day, makeGroup, myId } from "./world";

const ok = (userIds: number[]): BatchResult[] => userIds.map((userId) => ({ userId, isOk: true, reason: "", message: "" }));

export class MockGroups implements GroupsApi {
  readonly #client: MockClient;
  #nextId = 3001;
  #announcements: Announcement[] = [
    { id: 1, groupId: 2001, author: 1002, title: "Saturday", content: "We meet at the hut at nine.", createdAt: Date.now() - day },
  ];
  #invitations: GroupInvitation[] = [
    { groupId: 2003, inviterId: 1003, inviteeId: myId, reason: "", status: "pending", expiresAt: Date.now() + 7 * day },
  ];
  #applications: GroupApplication[] = [];
  #blocked = new Map<number, number[]>();
  #files: SharedFile[] = [
    { fileId: 1, groupId: 2001, name: "Trail map.pdf", size: 482_113, mimeType: "application/pdf", uploader: 1002, url: "/map.pdf", createdAt: Date.now() - day },
  ];

  readonly files: GroupFilesApi = {
    list: async (groupId) => this.#files.filter((one) => one.groupId === groupId),
    share: async (groupId, file, { name = "file" } = {}) => {
      const shared = { fileId: this.#nextId++, groupId, name, size: file.size, mimeType: file.type, uploader: myId, url: URL.createObjectURL(file), createdAt: Date.now() };
      this.#files = [shared, ...this.#files];
      return shared;
    },
    rename: async (_groupId, fileId, name) => {
      this.#files = this.#files.map((one) => (one.fileId === fileId ? { ...one, name } : one));
    },
    remove: async (_groupId, fileIds) => {
      this.#files = this.#files.filter((one) => !fileIds.includes(one.fileId));
    },
  };

  readonly codes: GroupCodesApi = {
    sign: async (groupId) => ({ groupId, text: `${groupId}.${myId}.${Date.now() + 7 * day}.c0de`, createdAt: Date.now(), expiresAt: Date.now() + 7 * day }),
    join: async (text) => {
      const groupId = Number(text.split(".")[0]);
      if (!(groupId > 0)) throw new CeruleanError(20024, "bad-group-code", "invalid group qr code");
      if (!this.find(groupId)) this.#client.world.groups = [...this.list(), makeGroup(groupId, `Group ${groupId}`, 1002, 2)];
      this.#changed(groupId);
      return groupId;
    },
  };

  constructor(client: MockClient) {
    this.#client = client;
  }

  list(): Group[] {
    return this.#client.world.groups;
  }

  async load(): Promise<void> {
    await this.#client.wait();
  }

  find(groupId: number): Group | undefined {
    return this.list().find((one) => one.groupId === groupId);
  }

  async info(groupId: number): Promise<Group> {
    const found = this.find(groupId);
    if (!found) throw new Error("no such group");
    return found;
  }

  async members(groupId: number): Promise<GroupMember[]> {
    await this.#client.wait();
    return this.#client.world.members.get(groupId) ?? [];
  }

  async listMembers(groupId: number, { cursor = "0", limit = 100 }: { cursor?: string; limit?: number } = {}): Promise<Page<GroupMember>> {
    const all = await this.members(groupId);
    const end = Number(cursor) + limit;
    return { items: all.slice(Number(cursor), end), cursor: end < all.length ? String(end) : null, total: all.length };
  }

  async findMembers(groupId: number, userIds: number[]): Promise<GroupMember[]> {
    return (await this.members(groupId)).filter((one) => userIds.includes(one.userId));
  }

  async publicGroups(): Promise<number[]> {
    return this.list().map((one) => one.groupId);
  }

  async create({ name, members }: { name: string; members: number[] }): Promise<Group> {
    await this.#client.wait();
    const group = makeGroup(this.#nextId++, name, myId, members.length + 1);
    this.#client.world.groups = [...this.#client.world.groups, group];
    this.#client.world.members.set(group.groupId, [this.#member(myId, "owner"), ...members.map((id) => this.#member(id))]);
    this.#changed(group.groupId);
    this.#client.conversations.open(group.groupId);
    return group;
  }

  async destroy(groupId: number): Promise<void> {
    this.#drop(groupId);
  }

  async leave(groupId: number): Promise<void> {
    this.#drop(groupId);
  }

  async rename(groupId: number, name: string): Promise<void> {
    this.#patch(groupId, { name });
    this.#client.conversations.update(groupId, { name });
  }

  async setDescription(groupId: number, description: string): Promise<void> {
    this.#patch(groupId, { description });
  }

  async setAvatar(groupId: number, image: Blob): Promise<void> {
    this.#patch(groupId, { avatar: URL.createObjectURL(image) });
  }

  async setExt(groupId: number, ext: string): Promise<void> {
    this.#patch(groupId, { ext });
  }

  async setDisplayName(groupId: number, displayName: string): Promise<void> {
    this.#setEach(groupId, [myId], { displayName });
  }

  async updateSettings(groupId: number, patch: GroupSettingsPatch): Promise<void> {
    const { allowMemberInvitation, allowMemberModify, enableReadAck, ...same } = patch;
    const renamed = { memberInvite: allowMemberInvitation, memberModify: allowMemberModify, readAck: enableReadAck };
    const given = Object.entries(renamed).filter(([, value]) => value !== undefined);
    this.#patch(groupId, { ...same, ...Object.fromEntries(given) });
  }

  async setPushMode(groupId: number, msgPushMode: number): Promise<void> {
    this.#patch(groupId, { msgPushMode });
  }

  async setMuteMode(groupId: number, msgMuteMode: number): Promise<void> {
    this.#patch(groupId, { msgMuteMode });
  }

  async announcements(groupId: number): Promise<Announcement[]> {
    return this.#announcements.filter((one) => one.groupId === groupId).reverse();
  }

  async setAnnouncement(groupId: number, { title, content }: { title: string; content: string }): Promise<void> {
    this.#announcements = [...this.#announcements, { id: this.#nextId++, groupId, author: myId, title, content, createdAt: Date.now() }];
    this.#client.events.emit("group", { type: "announcement-updated", groupId });
  }

  async removeAnnouncement(groupId: number, announcementId: number): Promise<void> {
    this.#announcements = this.#announcements.filter((one) => one.id !== announcementId);
    this.#client.events.emit("group", { type: "announcement-updated", groupId });
  }

  async invite(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    this.#setMembers(groupId, (all) => [...all, ...userIds.map((id) => this.#member(id))]);
    return ok(userIds);
  }

  async kick(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    this.#setMembers(groupId, (all) => all.filter((one) => !userIds.includes(one.userId)));
    return ok(userIds);
  }

  async ban(groupId: number, userIds: number[], minutes: number): Promise<BatchResult[]> {
    return this.#setEach(groupId, userIds, { isBanned: true, bannedUntil: Date.now() + minutes * 60_000 });
  }

  async unban(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.#setEach(groupId, userIds, { isBanned: false });
  }

  async banAll(groupId: number, minutes: number): Promise<void> {
    this.#patch(groupId, { banExpireTime: minutes < 0 ? -1 : Math.round(Date.now() / 1000) + minutes * 60 });
  }

  async unbanAll(groupId: number): Promise<void> {
    this.#patch(groupId, { banExpireTime: 0 });
  }

  async block(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    this.#blocked.set(groupId, [...(await this.blocked(groupId)), ...userIds]);
    return this.kick(groupId, userIds);
  }

  async unblock(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    this.#blocked.set(groupId, (await this.blocked(groupId)).filter((id) => !userIds.includes(id)));
    return ok(userIds);
  }

  async blocked(groupId: number): Promise<number[]> {
    return this.#blocked.get(groupId) ?? [];
  }

  async addAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.#setEach(groupId, userIds, { role: "admin" });
  }

  async removeAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.#setEach(groupId, userIds, { role: "member" });
  }

  async transfer(groupId: number, newOwner: number): Promise<void> {
    this.#setMembers(groupId, (all) =>
      all.map((one) => ({ ...one, role: one.userId === newOwner ? "owner" : one.role === "owner" ? "member" : one.role })),
    );
    this.#patch(groupId, { ownerId: newOwner });
  }

  async apply(): Promise<void> {}

  async invitations(): Promise<GroupInvitation[]> {
    return this.#invitations;
  }

  async handleInvitation(groupId: number, _inviterId: number, isAccepted: boolean): Promise<void> {
    const status: RequestStatus = isAccepted ? "accepted" : "declined";
    this.#invitations = this.#invitations.map((one) => (one.groupId === groupId ? { ...one, status } : one));
    this.#client.events.emit("invitation", { groupId });
  }

  async applications(): Promise<GroupApplication[]> {
    return this.#applications;
  }

  async handleApplication(groupId: number): Promise<void> {
    this.#applications = [];
    this.#client.events.emit("invitation", { groupId });
  }

  #member(userId: number, role: GroupRole = "member"): GroupMember {
    return { userId, role, displayName: this.#client.roster.nameOf(userId), avatar: "", joinedAt: Date.now(), isBanned: false };
  }

  #setEach(groupId: number, userIds: number[], patch: Partial<GroupMember>): BatchResult[] {
    this.#setMembers(groupId, (all) => all.map((one) => (userIds.includes(one.userId) ? { ...one, ...patch } : one)));
    return ok(userIds);
  }

  #setMembers(groupId: number, change: (all: GroupMember[]) => GroupMember[]): void {
    const next = change(this.#client.world.members.get(groupId) ?? []);
    this.#client.world.members.set(groupId, next);
    this.#patch(groupId, { count: next.length });
  }

  #patch(groupId: number, patch: Partial<Group>): void {
    this.#client.world.groups = this.list().map((one) => (one.groupId === groupId ? { ...one, ...patch } : one));
    this.#changed(groupId);
  }

  #drop(groupId: number): void {
    this.#client.world.groups = this.list().filter((one) => one.groupId !== groupId);
    void this.#client.conversations.remove(groupId);
    this.#changed(groupId);
  }

  #changed(groupId: number): void {
    this.#client.events.emit("group", { type: "info-updated", groupId });
  }
}
