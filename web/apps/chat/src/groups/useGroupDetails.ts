import { useEffect } from "react";
import type { GroupMember, GroupRole } from "@cerulean/sdk";
import { useClient, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";

const order: Record<GroupRole, number> = { owner: 0, admin: 1, member: 2 };

export function useGroupDetails(groupId: number) {
  const client = useClient();
  const group = useLive(["group"], () => client.groups.find(groupId));
  useAsync(`info-${groupId}`, () => client.groups.info(groupId));
  const members = useAsync(`members-${groupId}`, async () => {
    const list = await client.groups.members(groupId);
    await client.roster.ensureProfiles(list.map((one) => one.userId));
    return list;
  });
  const announcements = useAsync(`announcements-${groupId}`, () => client.groups.announcements(groupId));
  const reloadMembers = members.reload;
  const reloadAnnouncements = announcements.reload;

  useEffect(
    () =>
      client.on("group", (event) => {
        if (event.groupId !== groupId && event.type !== "list") return;
        if (event.type === "announcement-updated") reloadAnnouncements();
        else reloadMembers();
      }),
    [client, groupId, reloadMembers, reloadAnnouncements],
  );

  const sorted: GroupMember[] = [...(members.value ?? [])].sort((a, b) => order[a.role] - order[b.role]);
  const myRole: GroupRole =
    sorted.find((one) => one.userId === client.me?.userId)?.role ?? (group?.ownerId === client.me?.userId ? "owner" : "member");
  return {
    group,
    myRole,
    members: sorted,
    isLoading: members.isLoading && !members.value,
    announcement: announcements.value?.at(-1),
    reload: () => {
      reloadMembers();
      reloadAnnouncements();
    },
  };
}
