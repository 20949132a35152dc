import type { Context } from "../context.js";
import type { GroupMember, GroupRole } from "../types.js";
import type { ServerGroup, ServerMember } from "./convert.js";

export interface Names {
  ensureProfiles(userIds: number[]): Promise<void>;
  nameOf(userId: number): string;
}

const rank: Record<GroupRole, number> = { owner: 0, admin: 1, member: 2 };

/** Members with their roles and bans, owner and admins first. The server keeps the four facts in four lists. */
export async function listMembers(ctx: Context, names: Names, groupId: number, knownOwner?: number): Promise<GroupMember[]> {
  const query = { group_id: groupId };
  const [members, admins, banned, owner] = await Promise.all([
    ctx.rest.get<ServerMember[]>("/group/member_list", query),
    ctx.rest.get<ServerMember[]>("/group/admin_list", query),
    // Only managers may see the bans on some servers; a member list without them is better than none.
    ctx.rest.get<ServerMember[]>("/group/banned_list", query).catch((): ServerMember[] => []),
    knownOwner ?? ctx.rest.get<ServerGroup>("/group/info", query).then((group) => group.owner_id),
  ]);
  await names.ensureProfiles(members.map((member) => member.user_id));
  const isAdmin = new Set(admins.map((member) => member.user_id));
  const bans = new Map(banned.map((member) => [member.user_id, member.expired_time]));
  const toMember = (raw: ServerMember): GroupMember => {
    const bannedUntil = bans.get(raw.user_id);
    return {
      userId: raw.user_id,
      displayName: raw.display_name || names.nameOf(raw.user_id),
      avatar: raw.avatar ?? "",
      role: raw.user_id === owner ? "owner" : isAdmin.has(raw.user_id) ? "admin" : "member",
      joinedAt: raw.join_time ?? 0,
      isBanned: bans.has(raw.user_id),
      ...(bannedUntil === undefined ? {} : { bannedUntil }),
    };
  };
  return members.map(toMember).sort((a, b) => rank[a.role] - rank[b.role] || a.displayName.localeCompare(b.displayName));
}
