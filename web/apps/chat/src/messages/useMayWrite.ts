import { useEffect, useReducer } from "react";
import { useTranslation } from "react-i18next";
import type { GroupEventType, GroupMember } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";
import { findBlock } from "./paneState";

/** What may change my place in a group. */
const changing = new Set<GroupEventType>([
  "owner-assigned", "admin-granted", "admin-revoked", "banned", "unbanned", "muted", "unmuted", "info-updated", "joined", "list",
]);

function useMyPlace(xid: number, isGroup: boolean): GroupMember | undefined {
  const { client } = useAppContext();
  const mine = useAsync(`place-${xid}-${isGroup}`, async () =>
    isGroup ? (await client.groups.findMembers(xid, [client.me?.userId ?? 0]))[0] : undefined,
  );
  const { reload } = mine;
  useEffect(
    () => client.on("group", ({ type, groupId }) => isGroup && (groupId === xid || type === "list") && changing.has(type) && reload()),
    [client, isGroup, reload, xid],
  );
  return mine.value;
}

/** Draws again when a moment has come, so that a ban ends without a message about it. */
function useRedrawAt(at: number): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const wait = at - Date.now();
    if (wait <= 0 || wait > 2 ** 31 - 1) return;
    const timer = setTimeout(redraw, wait + 50);
    return () => clearTimeout(timer);
  }, [at]);
}

/** Why nothing may be written in a conversation at the moment; empty when it may. */
export function useBlockedReason(xid: number, isGroup: boolean): string {
  const { i18n } = useTranslation();
  const { client, t } = useAppContext();
  const peer = useLive(["roster"], () => client.roster.profile(xid));
  const group = useLive(["group"], () => client.groups.find(xid));
  const place = useMyPlace(xid, isGroup);
  const mine = place?.isBanned ? (place.bannedUntil ?? -1) : 0;
  useRedrawAt(mine);
  useRedrawAt((group?.banExpireTime ?? 0) * 1000);
  if (xid === 0) return t("composer.readOnly");
  const isOwner = group?.ownerId === client.me?.userId;
  const role = isOwner ? "owner" : (place?.role ?? "member");
  return findBlock({ isGroup, peer, role, groupBan: (group?.banExpireTime ?? 0) * 1000, myBan: mine }, i18n.language, t);
}
