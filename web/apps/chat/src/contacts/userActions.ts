import { createElement } from "react";
import { Ban, Bell, BellOff, CircleCheck, MessageCircle, QrCode, Tag, UserMinus, UserPlus } from "lucide-react";
import type { RosterItem } from "@cerulean/sdk";
import type { ChatClient } from "../client/client";
import type { AppContext } from "../client/ClientContext";
import { UserCodeDialog } from "../codes/UserCodeDialog";
import { navigate } from "../shell/route";
import { isQuiet, setQuiet } from "./quiet";
import type { Action } from "../ui/action";

/** What I have asked and he has not answered. */
export const hasAsked = (userId: number, client: ChatClient) => client.roster.sentApplications().some((one) => one.userId === userId);

const isMe = (user: RosterItem, { client }: AppContext) => user.userId === client.me?.userId;

/** What may be done with a user, from the friend list, a group or a card. */
export const userActions: readonly Action<RosterItem, AppContext>[] = [
  {
    id: "message-user",
    title: "friend.message",
    icon: MessageCircle,
    when: (user, context) => user.relation === "friend" && !isMe(user, context),
    run: (user) => navigate("chats", user.userId),
  },
  {
    id: "apply-friend",
    title: "friend.add",
    icon: UserPlus,
    when: (user, context) =>
      (user.relation === "stranger" || user.relation === "deleted") && !isMe(user, context) && !hasAsked(user.userId, context.client),
    run: (user, context) => applyTo(user, context),
  },
  {
    id: "set-alias",
    title: "friend.setAlias",
    icon: Tag,
    when: (user) => user.relation === "friend",
    async run(user, { client, ui, t }) {
      const alias = await ui.prompt({
        title: t("friend.setAlias"),
        label: t("friend.alias"),
        initial: user.alias,
        hint: t("friend.aliasHint"),
        confirmLabel: t("common.save"),
        isOptional: true,
      });
      if (alias !== null) await client.roster.setAlias(user.userId, alias);
    },
  },
  {
    id: "mute-friend",
    title: "conversation.mute",
    icon: BellOff,
    when: (user, { client }) => user.relation === "friend" && !isQuiet(client, user.userId),
    run: (user, { client }) => setQuiet(client, user.userId, true),
  },
  {
    id: "unmute-friend",
    title: "conversation.unmute",
    icon: Bell,
    when: (user, { client }) => user.relation === "friend" && isQuiet(client, user.userId),
    run: (user, { client }) => setQuiet(client, user.userId, false),
  },
  {
    id: "user-code",
    title: "code.short",
    icon: QrCode,
    when: () => true,
    run: ({ userId, displayName }, { ui }) =>
      ui.show((close) => createElement(UserCodeDialog, { userId, name: displayName, onClose: close })),
  },
  {
    id: "unblock-user",
    title: "friend.unblock",
    icon: CircleCheck,
    when: (user) => user.relation === "blocked",
    run: (user, { client }) => client.roster.unblock(user.userId),
  },
  {
    id: "block-user",
    title: "friend.block",
    icon: Ban,
    isDanger: true,
    when: (user, context) => user.relation !== "blocked" && !isMe(user, context),
    async run(user, { client, ui, t }) {
      const isSure = await ui.confirm({
        title: t("friend.blockTitle", { name: user.displayName }),
        body: t("friend.blockBody"),
        confirmLabel: t("friend.block"),
        isDanger: true,
      });
      if (isSure) await client.roster.block(user.userId);
    },
  },
  {
    id: "remove-friend",
    title: "friend.remove",
    icon: UserMinus,
    isDanger: true,
    when: (user) => user.relation === "friend",
    async run(user, { client, ui, t }) {
      const isSure = await ui.confirm({
        title: t("friend.removeTitle", { name: user.displayName }),
        body: t("friend.removeBody"),
        confirmLabel: t("friend.remove"),
        isDanger: true,
      });
      if (!isSure) return;
      await client.roster.remove(user.userId);
      ui.toast(t("friend.removed", { name: user.displayName }));
    },
  },
];

async function applyTo(user: RosterItem, { client, ui, t }: AppContext): Promise<void> {
  const needsAnswer = user.authMode === 2;
  const text = await ui.prompt({
    title: t("friend.applyTitle", { name: user.displayName }),
    label: needsAnswer ? user.authQuestion || t("friend.answer") : t("friend.reason"),
    confirmLabel: t("friend.sendRequest"),
    maxLength: 200,
    isOptional: !needsAnswer,
  });
  if (text === null) return;
  await client.roster.apply(user.userId, needsAnswer ? "" : text, needsAnswer ? { answer: text } : {});
  const isFriend = client.roster.profile(user.userId)?.relation === "friend";
  ui.toast(t(isFriend ? "friend.added" : "friend.requestSent", { name: user.displayName }), "success");
}
