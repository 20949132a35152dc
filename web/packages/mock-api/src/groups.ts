import type {
  Announcement,
  BatchResult,
  Group,
  GroupApplication,
  GroupInvitation,
  GroupMember,
  GroupRole,
  GroupsApi,
  GroupSettingsPatch,
  RequestStatus,
} from "@cerulean/sdk";
import type { MockClient } from "./client";
import { day, makeGroup, myId } from "./world";

const ok = (userIds: number[]): BatchResult[] => userIds.map((userId) => ({ userId, isOk: true, reason: "" }));

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

  async setDisplayName(): Promise<void> {}

  async updateSettings(groupId: number, patch: GroupSettingsPatch): Promise<void> {
    if (patch.allowMemberInvitation !== undefined) this.#patch(groupId, { memberInvite: patch.allowMemberInvitation });
  }

  async setMuteMode(groupId: number, msgMuteMode: number): Promise<void> {
    this.#patch(groupId, { msgMuteMode });
  }

  async announcements(groupId: number): Promise<Announcement[]> {
    return this.#announcements.filter((one) => one.groupId === groupId);
  }

  async setAnnouncement(groupId: number, { title, content }: { title: string; content: string }): Promise<void> {
    this.#announcements = [...this.#announcements, { id: this.#nextId++, groupId, author: myId, title, content, createdAt: Date.now() }];
    this.#changed(groupId);
  }

  async removeAnnouncement(groupId: number, announcementId: number): Promise<void> {
    this.#announcements = this.#announcements.filter((one) => one.id !== announcementId);
    this.#changed(groupId);
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

  async banAll(groupId: number): Promise<void> {
    this.#patch(groupId, { banExpireTime: -1 });
  }

  async unbanAll(groupId: number): Promise<void> {
    this.#patch(groupId, { banExpireTime: 0 });
  }

  async block(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.kick(groupId, userIds);
  }

  async unblock(_groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return ok(userIds);
  }

  async blocked(): Promise<number[]> {
    return [];
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
