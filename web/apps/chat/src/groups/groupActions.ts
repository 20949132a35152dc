import { LogOut, Megaphone, Mic, MicOff, Pencil, Trash2 } from "lucide-react";
import type { Group } from "@cerulean/sdk";
import { navigate } from "../shell/route";
import type { Action } from "../ui/action";
import type { MemberContext } from "./memberActions";

type GroupContext = Omit<MemberContext, "openCard">;

const isManager = (_group: Group, { myRole }: GroupContext) => myRole !== "member";
const isOwner = (_group: Group, { myRole }: GroupContext) => myRole === "owner";
const forEver = -1;

export const groupActions: readonly Action<Group, GroupContext>[] = [
  {
    id: "rename-group",
    title: "group.rename",
    icon: Pencil,
    when: (group, context) => isManager(group, context) || group.memberModify,
    async run(group, { client, ui, t }) {
      const name = await ui.prompt({
        title: t("group.rename"),
        label: t("group.name"),
        initial: group.name,
        confirmLabel: t("common.save"),
      });
      if (name && name !== group.name) await client.groups.rename(group.groupId, name);
    },
  },
  {
    id: "announce",
    title: "group.announce",
    icon: Megaphone,
    when: isManager,
    async run(group, { client, ui, t, reload }) {
      const content = await ui.prompt({
        title: t("group.announce"),
        label: t("group.announcement"),
        confirmLabel: t("group.publish"),
        maxLength: 500,
      });
      if (!content) return;
      await client.groups.setAnnouncement(group.groupId, { title: content.slice(0, 40), content });
      reload();
    },
  },
  {
    id: "mute-all",
    title: "group.muteAll",
    icon: MicOff,
    when: (group, context) => isManager(group, context) && group.banExpireTime === 0,
    run: (group, { client }) => client.groups.banAll(group.groupId, forEver),
  },
  {
    id: "unmute-all",
    title: "group.unmuteAll",
    icon: Mic,
    when: (group, context) => isManager(group, context) && group.banExpireTime !== 0,
    run: (group, { client }) => client.groups.unbanAll(group.groupId),
  },
  {
    id: "leave-group",
    title: "group.leave",
    icon: LogOut,
    isDanger: true,
    when: (group, context) => !isOwner(group, context),
    async run(group, { client, ui, t }) {
      const isSure = await ui.confirm({
        title: t("group.leaveTitle", { name: group.name }),
        body: t("group.leaveBody"),
        confirmLabel: t("group.leave"),
        isDanger: true,
      });
      if (!isSure) return;
      await client.groups.leave(group.groupId);
      navigate("chats");
    },
  },
  {
    id: "destroy-group",
    title: "group.destroy",
    icon: Trash2,
    isDanger: true,
    when: isOwner,
    async run(group, { client, ui, t }) {
      const isSure = await ui.confirm({
        title: t("group.destroyTitle", { name: group.name }),
        body: t("group.destroyBody"),
        confirmLabel: t("group.destroy"),
        isDanger: true,
      });
      if (!isSure) return;
      await client.groups.destroy(group.groupId);
      navigate("chats");
    },
  },
];
