import { LogOut, Mic, MicOff, Pencil, QrCode, Trash2 } from "lucide-react";
import { createElement } from "react";
import type { Group } from "@cerulean/sdk";
import { InviteCodeDialog } from "../codes/InviteCodeDialog";
import { navigate } from "../shell/route";
import type { Action } from "../ui/action";
import { chooseBanLength } from "./banLength";
import { groupName } from "./groupName";
import type { MemberContext } from "./memberActions";

type GroupContext = Omit<MemberContext, "openCard">;

const isManager = (_group: Group, { myRole }: GroupContext) => myRole !== "member";
const isOwner = (_group: Group, { myRole }: GroupContext) => myRole === "owner";

export const groupActions: readonly Action<Group, GroupContext>[] = [
  {
    id: "invite-code",
    title: "code.invite",
    icon: QrCode,
    when: (group, context) => isManager(group, context) || group.memberInvite,
    run: (group, { ui }) => ui.show((close) => createElement(InviteCodeDialog, { group, onClose: close })),
  },
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
    id: "mute-all",
    title: "group.muteAll",
    icon: MicOff,
    when: (group, context) => isManager(group, context) && group.banExpireTime === 0,
    async run(group, { client, ui, t }) {
      const minutes = await chooseBanLength(ui, t, t("ban.allTitle"), t("ban.confirm"));
      if (minutes !== null) await client.groups.banAll(group.groupId, minutes);
    },
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
        title: t("group.leaveTitle", { name: groupName(group) }),
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
        title: t("group.destroyTitle", { name: groupName(group) }),
        body: t("group.destroyBody"),
        confirmLabel: t("group.destroy"),
        isDanger: true,
        typed: groupName(group),
      });
      if (!isSure) return;
      await client.groups.destroy(group.groupId);
      navigate("chats");
    },
  },
];
