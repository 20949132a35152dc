import type { GroupItem } from "../codec/item.js";
import type { Context } from "../context.js";
import type { Files } from "../files.js";
import type { Announcement, BatchResult, Group, GroupApplication, GroupInvitation, GroupMember, Page } from "../types.js";
import type { GroupSettingsPatch, GroupsApi } from "./api.js";
import { toResult, type ServerResult } from "./batch.js";
import { GroupCache } from "./cache.js";
import { GroupCodes } from "./codes.js";
import { toAnnouncement, toGroup, type ServerAnnouncement, type ServerGroup } from "./convert.js";
import { allMembers, findMembers, firstNames, membersPage } from "./members.js";
import { readNotice } from "./notices.js";
import { listApplications, listInvitations } from "./requests.js";
import { SharedFiles } from "./shared-files.js";

export interface GroupHooks {
  onGroups(groupIds: number[]): void;
  /** A notice told of a group that was not known here. */
  onJoined(groupId: number, item: { mid: number; timestamp: number }): void;
  /** I am no longer a member. */
  onLeft(groupId: number): void;
  ensureProfiles(userIds: number[]): Promise<void>;
  nameOf(userId: number): string;
}

/** The groups I am a member of. Changes made elsewhere are fetched anew. */
export class Groups implements GroupsApi {
  readonly files: SharedFiles;
  readonly codes: GroupCodes;
  private readonly cache: GroupCache;

  constructor(
    private readonly ctx: Context,
    private readonly uploads: Files,
    private readonly hooks: GroupHooks,
  ) {
    this.files = new SharedFiles(ctx, uploads);
    this.codes = new GroupCodes(ctx, (groupId) => this.refresh(groupId, "joined"));
    this.cache = new GroupCache(ctx, {
      onGroups: (groupIds) => hooks.onGroups(groupIds),
      memberNames: (groupId) => firstNames(ctx, hooks, groupId),
      onNamed: (groupId) => this.announce(groupId, "info-updated"),
    });
  }

  list(): Group[] {
    return this.cache.list();
  }

  find(groupId: number): Group | undefined {
    return this.cache.find(groupId);
  }

  async load(): Promise<void> {
    await this.cache.load(await this.ctx.rest.get<number[]>("/group/user_joined"));
    this.ctx.events.emit("group", { type: "list", groupId: 0 });
  }

  async info(groupId: number): Promise<Group> {
    const group = toGroup(await this.ctx.rest.get<ServerGroup>("/group/info", { group_id: groupId }));
    if (this.cache.find(groupId)) this.cache.put(group);
    return group;
  }

  members(groupId: number): Promise<GroupMember[]> {
    return allMembers(this.ctx, this.hooks, groupId, this.cache.find(groupId)?.ownerId);
  }

  listMembers(groupId: number, page: { cursor?: string; limit?: number } = {}): Promise<Page<GroupMember>> {
    return membersPage(this.ctx, this.hooks, groupId, page, this.cache.find(groupId)?.ownerId);
  }

  findMembers(groupId: number, userIds: number[]): Promise<GroupMember[]> {
    return findMembers(this.ctx, this.hooks, groupId, userIds, this.cache.find(groupId)?.ownerId);
  }

  publicGroups(): Promise<number[]> {
    return this.ctx.rest.get("/group/public_list");
  }

  async create(group: { name: string; members: number[]; description?: string; avatar?: string; isPublic?: boolean }): Promise<Group> {
    const created = toGroup(await this.ctx.rest.post<ServerGroup>("/group/create", {
      name: group.name,
      type: group.isPublic ? 1 : 0,
      avatar: group.avatar ?? "",
      description: group.description ?? "",
      user_list: group.members,
    }));
    this.cache.put(created);
    this.announce(created.groupId, "created");
    return created;
  }

  async destroy(groupId: number): Promise<void> {
    await this.ctx.rest.post("/group/destroy", {}, { group_id: groupId });
    this.drop(groupId);
    this.announce(groupId, "destroyed");
  }

  async leave(groupId: number): Promise<void> {
    await this.ctx.rest.post("/group/leave", {}, { group_id: groupId });
    this.drop(groupId);
    this.announce(groupId, "left");
  }

  rename(groupId: number, name: string): Promise<void> {
    return this.change(groupId, "/group/info/name", { value: name });
  }

  setDescription(groupId: number, description: string): Promise<void> {
    return this.change(groupId, "/group/info/description", { value: description });
  }

  async setAvatar(groupId: number, image: Blob): Promise<void> {
    await this.change(groupId, "/group/info/avatar", { value: await this.uploads.uploadGroupAvatar(groupId, image) });
  }

  setExt(groupId: number, ext: string): Promise<void> {
    return this.change(groupId, "/group/info/ext", { value: ext });
  }

  setDisplayName(groupId: number, name: string): Promise<void> {
    return this.change(groupId, "/group/display_name", { value: name });
  }

  async updateSettings(groupId: number, patch: GroupSettingsPatch): Promise<void> {
    const switches: [string, boolean | undefined][] = [
      ["allow_member_invitation", patch.allowMemberInvitation],
      ["allow_member_modify", patch.allowMemberModify],
      ["enable_read_ack", patch.enableReadAck],
      ["history_visible", patch.historyVisible],
      ["hide_member_info", patch.hideMemberInfo],
    ];
    for (const [name, value] of switches) {
      if (value !== undefined) await this.ctx.rest.post(`/group/settings/${name}`, { group_id: groupId, value });
    }
    if (patch.applyApproval !== undefined) {
      await this.ctx.rest.post("/group/settings/require_admin_approval", { group_id: groupId, apply_approval: patch.applyApproval });
    }
    await this.refresh(groupId, "info-updated");
  }

  setMuteMode(groupId: number, mode: number): Promise<void> {
    return this.change(groupId, "/group/msg/mute_mode", { msg_mute_mode: mode });
  }

  setPushMode(groupId: number, mode: number): Promise<void> {
    return this.change(groupId, "/group/msg/push_mode", { msg_push_mode: mode });
  }

  async announcements(groupId: number): Promise<Announcement[]> {
    const list = await this.ctx.rest.get<ServerAnnouncement[]>("/group/announcement/list", { group_id: groupId });
    return list.map(toAnnouncement).sort((a, b) => b.createdAt - a.createdAt || b.id - a.id);
  }

  async setAnnouncement(groupId: number, announcement: { title: string; content: string }): Promise<void> {
    await this.ctx.rest.post("/group/announcement/edit", { group_id: groupId, ...announcement });
    this.announce(groupId, "announcement-updated");
  }

  async removeAnnouncement(groupId: number, announcementId: number): Promise<void> {
    await this.ctx.rest.post("/group/announcement/delete", {}, { group_id: groupId, announcement_id: announcementId });
    this.announce(groupId, "announcement-updated");
  }

  invite(groupId: number, userIds: number[], reason = ""): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/invite", userIds, reason ? { reason } : {});
  }

  kick(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/kick", userIds);
  }

  ban(groupId: number, userIds: number[], minutes: number): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/ban", userIds, { duration: minutes });
  }

  unban(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/unban", userIds);
  }

  banAll(groupId: number, minutes: number): Promise<void> {
    return this.change(groupId, "/group/settings/ban_all", { duration: minutes });
  }

  unbanAll(groupId: number): Promise<void> {
    return this.change(groupId, "/group/settings/unban_all", {});
  }

  block(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/block", userIds);
  }

  unblock(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/unblock", userIds);
  }

  async blocked(groupId: number): Promise<number[]> {
    const list = await this.ctx.rest.all<{ user_id: number }>("GET", "/group/blocked_list", { group_id: groupId });
    return list.map((entry) => entry.user_id);
  }

  addAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/admin/add", userIds);
  }

  removeAdmins(groupId: number, userIds: number[]): Promise<BatchResult[]> {
    return this.batch(groupId, "/group/admin/remove", userIds);
  }

  transfer(groupId: number, newOwner: number): Promise<void> {
    return this.change(groupId, "/group/transfer", { new_owner: newOwner });
  }

  async apply(groupId: number, reason = ""): Promise<void> {
    await this.ctx.rest.post("/group/apply", { group_id: groupId, reason });
  }

  async invitations(): Promise<GroupInvitation[]> {
    const list = await listInvitations(this.ctx);
    await this.hooks.ensureProfiles(list.map((entry) => entry.inviterId));
    return list;
  }

  async handleInvitation(groupId: number, inviterId: number, isAccepted: boolean): Promise<void> {
    await this.ctx.rest.post("/group/invite/handle", { group_id: groupId, user_id: inviterId, approval: isAccepted });
    if (isAccepted) await this.refresh(groupId, "joined");
    this.ctx.events.emit("invitation", { groupId });
  }

  async applications(): Promise<GroupApplication[]> {
    const applications = await listApplications(this.ctx, this.list().map((group) => group.groupId));
    await this.hooks.ensureProfiles(applications.map((entry) => entry.applicantId));
    return applications;
  }

  async handleApplication(groupId: number, userId: number, isAccepted: boolean): Promise<void> {
    await this.ctx.rest.post("/group/apply/handle", { group_id: groupId, user_id: userId, approval: isAccepted });
    await this.refresh(groupId, isAccepted ? "application-accepted" : "application-declined");
    this.ctx.events.emit("invitation", { groupId });
  }

  async handleNotice(item: GroupItem): Promise<void> {
    const change = readNotice(item, this.ctx.self());
    if (!change) return;
    const { effect, ...event } = change;
    if (effect === "remove") this.drop(change.groupId);
    if (effect === "fetch") await this.refetch(item, change.groupId);
    this.ctx.events.emit("group", event);
    if (["applied", "application-accepted", "application-declined", "invited", "invitation-accepted", "invitation-declined"].includes(event.type)) {
      this.ctx.events.emit("invitation", { groupId: event.groupId, from: event.from });
    }
  }

  async ensureKnown(groupIds: number[]): Promise<void> {
    const missing = groupIds.filter((groupId) => !this.cache.find(groupId));
    await Promise.all(missing.map((groupId) => this.cache.refetch(groupId)));
  }

  clear(): void {
    this.cache.clear();
  }

  private async refetch(item: GroupItem, groupId: number): Promise<void> {
    const wasKnown = this.cache.find(groupId) !== undefined;
    await this.cache.refetch(groupId);
    if (!wasKnown && this.cache.find(groupId)) this.hooks.onJoined(groupId, item);
  }

  private async change(groupId: number, path: string, body: Record<string, unknown>): Promise<void> {
    await this.ctx.rest.post(path, { group_id: groupId, ...body });
    await this.refresh(groupId, "info-updated");
  }

  private async batch(groupId: number, path: string, userIds: number[], extra: Record<string, unknown> = {}): Promise<BatchResult[]> {
    const results = await this.ctx.rest.post<ServerResult[]>(path, { group_id: groupId, user_list: userIds, ...extra });
    await this.refresh(groupId, "info-updated");
    return results.map(toResult);
  }

  private async refresh(groupId: number, event: "info-updated" | "joined" | "application-accepted" | "application-declined"): Promise<void> {
    await this.cache.refetch(groupId);
    this.announce(groupId, event);
  }

  private drop(groupId: number): void {
    this.cache.drop(groupId);
    this.hooks.onLeft(groupId);
  }

  private announce(groupId: number, type: "created" | "destroyed" | "left" | "info-updated" | "joined" | "announcement-updated" | "application-accepted" | "application-declined"): void {
    this.ctx.events.emit("group", { type, groupId, from: this.ctx.self() });
  }
}
