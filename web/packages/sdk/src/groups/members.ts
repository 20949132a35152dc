import type { Context } from "../context.js";
import type { GroupMember, GroupRole, Page } from "../types.js";
import type { ServerGroup, ServerMember } from "./convert.js";

export interface Names {
  ensureProfiles(userIds: number[]): Promise<void>;
  nameOf(userId: number): string;
}

/** What the server keeps apart from the members: who manages, and who may not speak. */
interface Marks {
  owner: number;
  admins: ReadonlySet<number>;
  bans: ReadonlyMap<number, number>;
}

const rank: Record<GroupRole, number> = { owner: 0, admin: 1, member: 2 };

/** Members with their roles and bans, owner and admins first. */
export async function allMembers(ctx: Context, names: Names, groupId: number, knownOwner?: number): Promise<GroupMember[]> {
  const [members, marks] = await Promise.all([
    ctx.rest.all<ServerMember>("GET", "/group/member_list", { group_id: groupId }),
    fetchMarks(ctx, groupId, knownOwner),
  ]);
  const shown = await shape(members, marks, names);
  return shown.sort((a, b) => rank[a.role] - rank[b.role] || a.displayName.localeCompare(b.displayName));
}

const NAMES = 4;

/** A few members by name, without me. */
export async function firstNames(ctx: Context, names: Names, groupId: number): Promise<string[]> {
  const { items } = await ctx.rest.page<ServerMember>("GET", "/group/member_list", { group_id: groupId, limit: NAMES + 1 });
  const others = items.filter((member) => member.user_id !== ctx.self()).slice(0, NAMES);
  await names.ensureProfiles(others.map((member) => member.user_id));
  return others.map((member) => member.display_name || names.nameOf(member.user_id));
}

export async function membersPage(
  ctx: Context, names: Names, groupId: number, page: { cursor?: string; limit?: number }, knownOwner?: number,
): Promise<Page<GroupMember>> {
  const [raw, marks] = await Promise.all([
    ctx.rest.page<ServerMember>("GET", "/group/member_list", { group_id: groupId, cursor: page.cursor, limit: page.limit }),
    fetchMarks(ctx, groupId, knownOwner),
  ]);
  return { ...raw, items: await shape(raw.items, marks, names) };
}

export async function findMembers(ctx: Context, names: Names, groupId: number, userIds: number[], knownOwner?: number): Promise<GroupMember[]> {
  const [members, marks] = await Promise.all([
    ctx.rest.post<ServerMember[]>("/group/members/display_name", { group_id: groupId, user_list: userIds }),
    fetchMarks(ctx, groupId, knownOwner),
  ]);
  return shape(members, marks, names);
}

async function fetchMarks(ctx: Context, groupId: number, knownOwner?: number): Promise<Marks> {
  const query = { group_id: groupId };
  const [admins, banned, owner] = await Promise.all([
    ctx.rest.get<ServerMember[]>("/group/admin_list", query),
    // Only managers may see the bans on some servers; a member list without them is better than none.
    ctx.rest.all<ServerMember>("GET", "/group/banned_list", query).catch((): ServerMember[] => []),
    knownOwner ?? ctx.rest.get<ServerGroup>("/group/info", query).then((group) => group.owner_id),
  ]);
  return {
    owner,
    admins: new Set(admins.map((member) => member.user_id)),
    bans: new Map(banned.map((member) => [member.user_id, member.expired_time ?? -1])),
  };
}

async function shape(members: ServerMember[], { owner, admins, bans }: Marks, names: Names): Promise<GroupMember[]> {
  await names.ensureProfiles(members.map((member) => member.user_id));
  return members.map((raw) => {
    const bannedUntil = bans.get(raw.user_id);
    return {
      userId: raw.user_id,
      displayName: raw.display_name || names.nameOf(raw.user_id),
      avatar: raw.avatar ?? "",
      role: raw.user_id === owner ? "owner" : admins.has(raw.user_id) ? "admin" : "member",
      joinedAt: raw.join_time ?? 0,
      isBanned: bans.has(raw.user_id),
      ...(bannedUntil === undefined ? {} : { bannedUntil }),
    };
  });
}
