import type { Relation, RequestStatus, RosterItem } from "../types.js";

export interface ServerRosterItem {
  user_id: number;
  username: string;
  nick_name: string;
  alias: string;
  avatar: string;
  description: string;
  public_info: string;
  ext: string;
  mute_notification: boolean;
  relation: number;
  auth_mode: number;
  auth_question: string;
}

const relations: Relation[] = ["friend", "deleted", "stranger", "blocked"];
const statuses: RequestStatus[] = ["pending", "accepted", "declined"];

export function toRosterItem(raw: ServerRosterItem): RosterItem {
  return {
    userId: raw.user_id,
    username: raw.username,
    nickName: raw.nick_name ?? "",
    alias: raw.alias ?? "",
    avatar: raw.avatar ?? "",
    description: raw.description ?? "",
    publicInfo: raw.public_info ?? "",
    ext: raw.ext ?? "",
    relation: relations[raw.relation] ?? "stranger",
    isMuted: raw.mute_notification ?? false,
    authMode: raw.auth_mode ?? 0,
    authQuestion: raw.auth_question ?? "",
    displayName: raw.alias || raw.nick_name || raw.username || String(raw.user_id),
  };
}

export function toRequestStatus(status: number): RequestStatus {
  return statuses[status] ?? "pending";
}
