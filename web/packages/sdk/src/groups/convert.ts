import type { Announcement, Group, GroupApplication, GroupInvitation } from "../types.js";
import { toRequestStatus } from "../roster/convert.js";

export interface ServerGroup {
  group_id: number;
  name: string;
  avatar: string;
  description: string;
  ext: string;
  owner_id: number;
  type: number;
  count: number;
  capacity: number;
  created_at: number;
  updated_at: number;
  apply_approval: number;
  ban_expire_time: number;
  hide_member_info: boolean;
  history_visible: boolean;
  member_invite: boolean;
  member_modify: boolean;
  msg_mute_mode: number;
  msg_push_mode: number;
  read_ack: boolean;
}

export interface ServerMember {
  user_id: number;
  display_name: string;
  join_time: number;
  avatar: string;
  expired_time?: number;
}

export interface ServerInvitation {
  group_id: number;
  inviter_id: number;
  invitee_id: number;
  reason: string;
  status: number;
  expired_time: number;
}

export interface ServerApplication {
  group_id: number;
  applicant_id: number;
  reason: string;
  status: number;
  expired_time: number;
}

export interface ServerAnnouncement {
  id: number;
  group_id: number;
  author: number;
  title: string;
  content: string;
  created_at: number;
}

export function toGroup(raw: ServerGroup): Group {
  return {
    groupId: raw.group_id,
    name: raw.name ?? "",
    avatar: raw.avatar ?? "",
    description: raw.description ?? "",
    ext: raw.ext ?? "",
    ownerId: raw.owner_id,
    type: raw.type ?? 0,
    count: raw.count ?? 0,
    capacity: raw.capacity ?? 0,
    createdAt: raw.created_at ?? 0,
    updatedAt: raw.updated_at ?? 0,
    applyApproval: raw.apply_approval ?? 0,
    banExpireTime: raw.ban_expire_time ?? 0,
    hideMemberInfo: raw.hide_member_info ?? false,
    historyVisible: raw.history_visible ?? false,
    memberInvite: raw.member_invite ?? false,
    memberModify: raw.member_modify ?? false,
    readAck: raw.read_ack ?? false,
    msgMuteMode: raw.msg_mute_mode ?? 0,
    msgPushMode: raw.msg_push_mode ?? 0,
  };
}

export function toInvitation(raw: ServerInvitation): GroupInvitation {
  return {
    groupId: raw.group_id, inviterId: raw.inviter_id, inviteeId: raw.invitee_id, reason: raw.reason ?? "",
    status: toRequestStatus(raw.status), expiresAt: raw.expired_time,
  };
}

export function toApplication(raw: ServerApplication): GroupApplication {
  return {
    groupId: raw.group_id, applicantId: raw.applicant_id, reason: raw.reason ?? "",
    status: toRequestStatus(raw.status), expiresAt: raw.expired_time,
  };
}

export function toAnnouncement(raw: ServerAnnouncement): Announcement {
  return {
    id: raw.id, groupId: raw.group_id, author: raw.author, title: raw.title ?? "", content: raw.content ?? "", createdAt: raw.created_at,
  };
}
