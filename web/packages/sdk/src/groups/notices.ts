import type { GroupItem } from "../codec/item.js";
import { GroupNotice_Type as NoticeType } from "../gen/xsync_pb.js";
import type { GroupEventType } from "../types.js";

const eventTypes: Partial<Record<NoticeType, GroupEventType>> = {
  [NoticeType.CREATED]: "created",
  [NoticeType.DESTROYED]: "destroyed",
  [NoticeType.JOINED]: "joined",
  [NoticeType.LEAVED]: "left",
  [NoticeType.APPLYED]: "applied",
  [NoticeType.APPLY_ACCEPTED]: "application-accepted",
  [NoticeType.APPLY_DECLINED]: "application-declined",
  [NoticeType.INVITED]: "invited",
  [NoticeType.INVITE_ACCEPTED]: "invitation-accepted",
  [NoticeType.INVITE_DECLINED]: "invitation-declined",
  [NoticeType.KICKED]: "kicked",
  [NoticeType.BLOCKED]: "blocked",
  [NoticeType.UNBLOCKED]: "unblocked",
  [NoticeType.OWNER_ASSIGNED]: "owner-assigned",
  [NoticeType.ADMIN_GRANTED]: "admin-granted",
  [NoticeType.ADMIN_REVOKED]: "admin-revoked",
  [NoticeType.MUTED]: "muted",
  [NoticeType.UNMUTED]: "unmuted",
  [NoticeType.BANNED]: "banned",
  [NoticeType.UNBANNED]: "unbanned",
  [NoticeType.INFO_UPDATED]: "info-updated",
  [NoticeType.ANNOUNCEMENT_UPDATED]: "announcement-updated",
};

export interface GroupChange {
  type: GroupEventType;
  groupId: number;
  from: number;
  to: number[];
  content: string;
  /** What it means for my list: I am out, the group is to be fetched anew, or nothing. */
  effect: "remove" | "fetch" | "none";
}

/** What a notice says, seen by `self`; null for notices without meaning to a client. */
export function readNotice(item: GroupItem, self: number): GroupChange | null {
  const { body } = item;
  const type = eventTypes[body.type];
  if (!type) return null;
  const change = { type, groupId: Number(body.gid?.uid ?? 0n), from: Number(body.from?.uid ?? 0n), to: body.to.map((xid) => Number(xid.uid)), content: body.content };
  return { ...change, effect: effectOf(change, self) };
}

function effectOf({ type, from, to }: Omit<GroupChange, "effect">, self: number): GroupChange["effect"] {
  const isToMe = to.includes(self);
  switch (type) {
    case "destroyed":
      return "remove";
    case "left":
      return from === self ? "remove" : "fetch";
    case "kicked":
    case "blocked":
      return isToMe ? "remove" : "fetch";
    case "applied":
    case "application-declined":
    case "invited":
    case "invitation-declined":
    case "unblocked":
      return "none";
    default:
      return "fetch";
  }
}
