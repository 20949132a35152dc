import { Bell, BellOff, CheckCheck, Pin, PinOff, Trash2 } from "lucide-react";
import type { Conversation } from "@cerulean/sdk";
import type { AppContext } from "../client/ClientContext";
import { navigate, parseRoute } from "../shell/route";
import type { Action } from "../ui/action";
import { cancelRemoval, scheduleRemoval } from "./pendingRemovals";

/** The conversation of the system is the same for everybody. */
const isOwn = ({ kind }: Conversation) => kind !== "system";

export const conversationActions: readonly Action<Conversation, AppContext>[] = [
  {
    id: "mark-read",
    title: "conversation.markRead",
    icon: CheckCheck,
    when: (conversation) => conversation.unread > 0,
    run: (conversation, { client }) => client.conversations.markRead(conversation.xid),
  },
  {
    id: "pin",
    title: "conversation.pin",
    icon: Pin,
    when: (conversation) => isOwn(conversation) && !conversation.isPinned,
    run: (conversation, { client }) => client.conversations.pin(conversation.xid, true),
  },
  {
    id: "unpin",
    title: "conversation.unpin",
    icon: PinOff,
    when: (conversation) => isOwn(conversation) && conversation.isPinned,
    run: (conversation, { client }) => client.conversations.pin(conversation.xid, false),
  },
  {
    id: "mute",
    title: "conversation.mute",
    icon: BellOff,
    when: (conversation) => isOwn(conversation) && !conversation.isMuted,
    run: (conversation, { client }) => client.conversations.mute(conversation.xid, true),
  },
  {
    id: "unmute",
    title: "conversation.unmute",
    icon: Bell,
    when: (conversation) => isOwn(conversation) && conversation.isMuted,
    run: (conversation, { client }) => client.conversations.mute(conversation.xid, false),
  },
  {
    id: "delete-conversation",
    title: "conversation.remove",
    icon: Trash2,
    isDanger: true,
    when: isOwn,
    run({ xid }, { client, ui, t, guard }) {
      // Leave first: an open conversation would be created again by its own pane.
      if (parseRoute(window.location.hash).item === String(xid)) navigate("chats");
      scheduleRemoval(xid, () => new Promise((resolve) => guard(() => client.conversations.remove(xid).finally(resolve))));
      ui.toast(t("undo.conversationDeleted"), "info", { label: t("undo.undo"), run: () => cancelRemoval(xid) });
    },
  },
];
