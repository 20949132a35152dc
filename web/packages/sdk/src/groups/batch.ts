import type { ErrorReason } from "../errors.js";
import type { BatchResult } from "../types.js";

export interface ServerResult {
  user_id: number;
  result: string;
  reason: string;
}

/** Beginnings of the texts that results carry; lists are answered per user with a text only. */
const byText: [string, ErrorReason][] = [
  ["user not found", "user-not-found"],
  ["user is not a group member", "not-member"],
  ["user is already a group member", "already-member"],
  ["already a group member", "already-member"],
  ["group is full", "group-full"],
  ["user is in ", "group-quota"],
  ["user is on the group's block list", "group-blocked"],
  ["user is on the group block list", "group-blocked"],
  ["user does not take invitations", "user-blocked"],
  ["kicked too often", "kicked-too-often"],
  ["only the group's owner", "outranked"],
  ["user is not on the group's block list", "bad-parameter"],
];

export function toResult(raw: ServerResult): BatchResult {
  const isOk = raw.result === "success";
  const message = raw.reason ?? "";
  const reason = byText.find(([text]) => message.startsWith(text))?.[1] ?? "rejected";
  return { userId: raw.user_id, isOk, reason: isOk ? "" : reason, message };
}
