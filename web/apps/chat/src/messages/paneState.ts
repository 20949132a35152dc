import { useEffect, useState } from "react";
import type { GroupEventType, GroupRole, RosterItem } from "@cerulean/sdk";
import type { TFunction } from "i18next";
import { useAppContext } from "../client/ClientContext";
import { describeBan } from "../groups/banLength";
import { navigate } from "../shell/route";

/** Whether the server has said that the address leads to nobody we know and no group of ours. */
export function useIsMissing(xid: number, isKnown: boolean): boolean {
  const { client, guard } = useAppContext();
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    if (isKnown) return;
    guard(async () => {
      await client.roster.ensureProfiles([xid]);
      if (!client.roster.profile(xid)) await client.groups.load();
      setAsked(true);
    });
  }, [client, guard, isKnown, xid]);
  return isAsked && !isKnown;
}

const endings: Partial<Record<GroupEventType, string>> = {
  kicked: "group.wasKicked",
  blocked: "group.wasKicked",
  destroyed: "group.wasDestroyed",
  left: "",
};

/** Who is put out of a group, or leaves it on another device, does not stay in front of what is left. */
export function useGroupEnd(xid: number): void {
  const { client, ui, t } = useAppContext();
  useEffect(
    () =>
      client.on("group", ({ type, groupId, from }) => {
        const ending = endings[type];
        if (groupId !== xid || ending === undefined || client.groups.find(xid)) return;
        navigate("chats");
        if (ending && from !== client.me?.userId) ui.toast(t(ending));
      }),
    [client, ui, t, xid],
  );
}

export interface Standing {
  isGroup: boolean;
  peer: RosterItem | undefined;
  /** Mine, in a group. */
  role: GroupRole;
  /** Ends of the bans of everybody and of me alone, in milliseconds: 0 none, negative for ever. */
  groupBan: number;
  myBan: number;
}

const lasts = (until: number) => until < 0 || until > Date.now();

/** Why nothing may be written here, if so. */
export function findBlock({ isGroup, peer, role, groupBan, myBan }: Standing, locale: string, t: TFunction): string {
  if (!isGroup) return peer?.relation === "blocked" ? t("composer.blockedByMe") : "";
  if (role === "owner") return "";
  if (lasts(myBan)) return t("composer.banned", { ban: describeBan(myBan, locale, t) });
  return lasts(groupBan) && role !== "admin" ? t("composer.groupMuted") : "";
}
