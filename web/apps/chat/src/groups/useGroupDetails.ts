import { useEffect, useState } from "react";
import type { Announcement, Group, GroupMember, GroupRole } from "@cerulean/sdk";
import { useClient, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";
import { confirmAnnouncement, isConfirmed } from "./confirmed";

export interface GroupView {
  group: Group | undefined;
  me: GroupMember | undefined;
  myRole: GroupRole;
  /** The newest announcement, until it was confirmed on this device. */
  news: Announcement | undefined;
  confirmNews(): void;
}

/** A group, my place in it, and what is new for me. */
export function useGroupDetails(groupId: number): GroupView {
  const client = useClient();
  const myId = client.me?.userId ?? 0;
  const group = useLive(["group"], () => client.groups.find(groupId));
  const [, redraw] = useState(0);
  useAsync(`info-${groupId}`, () => client.groups.info(groupId));
  const mine = useAsync(`me-${groupId}`, () => client.groups.findMembers(groupId, [myId]));
  const announcements = useAsync(`announcements-${groupId}`, () => client.groups.announcements(groupId));
  const reloadMine = mine.reload;
  const reloadAnnouncements = announcements.reload;

  useEffect(
    () =>
      client.on("group", (event) => {
        if (event.groupId !== groupId && event.type !== "list") return;
        if (event.type === "announcement-updated") reloadAnnouncements();
        else reloadMine();
      }),
    [client, groupId, reloadMine, reloadAnnouncements],
  );

  const me = mine.value?.[0];
  const newest = announcements.value?.[0];
  return {
    group,
    me,
    myRole: group?.ownerId === myId ? "owner" : (me?.role ?? "member"),
    news: newest && !isConfirmed(newest) ? newest : undefined,
    confirmNews: () => {
      if (newest) confirmAnnouncement(newest);
      redraw((count) => count + 1);
    },
  };
}
