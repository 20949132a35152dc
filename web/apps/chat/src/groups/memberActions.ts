import { Crown, IdCard, MessageCircle, MicOff, Mic, ShieldMinus, ShieldPlus, UserMinus, UserRound, UserX } from "lucide-react";
import type { GroupMember, GroupRole } from "@cerulean/sdk";
import type { AppContext } from "../client/ClientContext";
import { navigate } from "../shell/route";
import type { Action } from "../ui/action";
import { chooseBanLength } from "./banLength";
import { reportFailures } from "./batch";

export interface MemberContext extends AppContext {
  groupId: number;
  myRole: GroupRole;
  openCard(userId: number): void;
  reload(): void;
}

const rank: Record<GroupRole, number> = { owner: 2, admin: 1, member: 0 };

const isOther = (member: GroupMember, { client }: MemberContext) => member.userId !== client.me?.userId;
const outranks = (member: GroupMember, context: MemberContext) => isOther(member, context) && rank[context.myRole] > rank[member.role];

export const memberActions: readonly Action<GroupMember, MemberContext>[] = [
  {
    id: "member-card",
    title: "friend.card",
    icon: UserRound,
    when: () => true,
    run: (member, { openCard }) => openCard(member.userId),
  },
  {
    id: "member-message",
    title: "friend.message",
    icon: MessageCircle,
    when: (member, context) => isOther(member, context) && context.client.roster.profile(member.userId)?.relation === "friend",
    run: (member) => navigate("chats", member.userId),
  },
  {
    id: "card-name",
    title: "groupSettings.cardName",
    icon: IdCard,
    when: (member, context) => !isOther(member, context),
    async run(member, { client, ui, t, groupId, reload }) {
      const name = await ui.prompt({
        title: t("groupSettings.cardName"),
        label: t("groupSettings.cardNameLabel"),
        hint: t("groupSettings.cardNameHint"),
        initial: member.displayName,
        confirmLabel: t("common.save"),
        isOptional: true,
      });
      if (name === null) return;
      await client.groups.setDisplayName(groupId, name);
      reload();
    },
  },
  {
    id: "make-admin",
    title: "group.makeAdmin",
    icon: ShieldPlus,
    when: (member, context) => context.myRole === "owner" && member.role === "member",
    run: (member, context) => batch(context, () => context.client.groups.addAdmins(context.groupId, [member.userId])),
  },
  {
    id: "remove-admin",
    title: "group.removeAdmin",
    icon: ShieldMinus,
    when: (member, context) => context.myRole === "owner" && member.role === "admin",
    run: (member, context) => batch(context, () => context.client.groups.removeAdmins(context.groupId, [member.userId])),
  },
  {
    id: "ban-member",
    title: "group.ban",
    icon: MicOff,
    when: (member, context) => outranks(member, context) && !member.isBanned,
    async run(member, context) {
      const { client, ui, t, groupId } = context;
      const minutes = await chooseBanLength(ui, t, t("ban.title", { name: member.displayName }), t("ban.confirm"));
      if (minutes !== null) await batch(context, () => client.groups.ban(groupId, [member.userId], minutes));
    },
  },
  {
    id: "unban-member",
    title: "group.unban",
    icon: Mic,
    when: (member, context) => outranks(member, context) && member.isBanned,
    run: (member, context) => batch(context, () => context.client.groups.unban(context.groupId, [member.userId])),
  },
  {
    id: "transfer-group",
    title: "group.transfer",
    icon: Crown,
    when: (member, context) => context.myRole === "owner" && isOther(member, context),
    async run(member, context) {
      const { client, ui, t, groupId, reload } = context;
      const isSure = await ui.confirm({
        title: t("group.transferTitle", { name: member.displayName }),
        body: t("group.transferBody"),
        confirmLabel: t("group.transfer"),
        isDanger: true,
      });
      if (!isSure) return;
      await client.groups.transfer(groupId, member.userId);
      reload();
    },
  },
  {
    id: "kick-member",
    title: "group.kick",
    icon: UserMinus,
    isDanger: true,
    when: outranks,
    async run(member, context) {
      const { client, ui, t, groupId } = context;
      const isSure = await ui.confirm({
        title: t("group.kickTitle", { name: member.displayName }),
        body: t("group.kickBody"),
        confirmLabel: t("group.kick"),
        isDanger: true,
      });
      if (isSure) await batch(context, () => client.groups.kick(groupId, [member.userId]));
    },
  },
  {
    id: "block-member",
    title: "groupBlock.block",
    icon: UserX,
    isDanger: true,
    when: outranks,
    async run(member, context) {
      const { client, ui, t, groupId } = context;
      const isSure = await ui.confirm({
        title: t("groupBlock.title", { name: member.displayName }),
        body: t("groupBlock.body"),
        confirmLabel: t("groupBlock.block"),
        isDanger: true,
      });
      if (isSure) await batch(context, () => client.groups.block(groupId, [member.userId]));
    },
  },
];

async function batch(context: MemberContext, run: () => ReturnType<AppContext["client"]["groups"]["kick"]>): Promise<void> {
  reportFailures(await run(), context);
  context.reload();
}
