import type { Context } from "../context.js";
import type { GroupApplication, GroupInvitation } from "../types.js";
import { toApplication, toInvitation, type ServerApplication, type ServerInvitation } from "./convert.js";

/** All invitations of the user, answered ones included. */
export async function listInvitations(ctx: Context): Promise<GroupInvitation[]> {
  return (await ctx.rest.all<ServerInvitation>("GET", "/group/invitation_list")).map(toInvitation);
}

/** All applications to those of the groups that the user manages. */
export async function listApplications(ctx: Context, groupIds: number[]): Promise<GroupApplication[]> {
  if (groupIds.length === 0) return [];
  const list = await ctx.rest.all<ServerApplication>("POST", "/group/application_list", {}, { group_list: groupIds });
  return list.map(toApplication);
}
