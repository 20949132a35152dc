import { useEffect } from "react";
import type { Announcement, Group, GroupMember, GroupRole } from "@cerulean/sdk";
import { useClient, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";
import { useNews } from "./useNews";

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
  useAsync(`info-${groupId}`, () => client.groups.info(groupId));
  const mine = useAsync(`me-${groupId}`, () => client.groups.findMembers(groupId, [myId]));
  const { news, confirmNews } = useNews(groupId);
  const reloadMine = mine.reload;

  useEffect(
    () =>
      client.on("group", (event) => {
        if (event.groupId !== groupId && event.type !== "list") return;
        if (event.type !== "announcement-updated") reloadMine();
      }),
    [client, groupId, reloadMine],
  );

  const me = mine.value?.[0];
  return {
    group,
    me,
    myRole: group?.ownerId === myId ? "owner" : (me?.role ?? "member"),
    news,
    confirmNews,
  };
}
