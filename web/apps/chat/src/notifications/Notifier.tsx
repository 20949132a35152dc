import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Message, UserSettings } from "@cerulean/sdk";
import { useClient } from "../client/ClientContext";
import type { ChatClient } from "../client/client";
import { conversationTitle } from "../conversations/conversationTitle";
import { messagePreview, spokenText } from "../conversations/preview";
import { navigate } from "../shell/route";
import { readDesktopState } from "./desktop";
import { electLeader } from "./leader";
import { decide, type Place } from "./policy";
import { playSound } from "./sound";

async function placeOf(message: Message, client: ChatClient): Promise<Place> {
  const group = client.groups.find(message.xid);
  const myId = client.me?.userId ?? 0;
  const isMuted = client.conversations.find(message.xid)?.isMuted === true || client.roster.profile(message.xid)?.isMuted === true;
  const isMentioned = message.mentions?.all === true || message.mentions?.userIds.includes(myId) === true;
  // Only two of the modes need to know, and it takes a call.
  const asksForRole = group?.msgPushMode === 2 || group?.msgPushMode === 3;
  const [sender] = asksForRole ? await client.groups.findMembers(message.xid, [message.from]).catch(() => []) : [];
  return { isMuted, group, isMentioned, isFromManager: sender !== undefined && sender.role !== "member" };
}

/** Tells of new messages while the page is hidden, as the user has set it. */
export function Notifier() {
  const { t } = useTranslation();
  const client = useClient();

  useEffect(() => {
    // The newest answer, waited for: a message that comes after a change is told as the change has it.
    let settings: Promise<UserSettings | undefined> = Promise.resolve(undefined);
    const load = () => {
      const before = settings;
      // Without any settings nothing is told; the next connect asks again.
      settings = client.account.settings().catch(() => before);
    };
    load();
    const leader = electLeader(`cerulean.notifier.${client.me?.userId ?? 0}`);

    const show = (message: Message, hasDetail: boolean) => {
      const conversation = client.conversations.find(message.xid);
      const title = conversation ? conversationTitle(conversation, client) : client.roster.nameOf(message.from);
      const isGroup = conversation?.kind === "group";
      const text = messagePreview(message.kind, spokenText(message), t).slice(0, 160);
      const body = isGroup ? `${client.roster.nameOf(message.from)}: ${text}` : text;
      // One per conversation: a later message replaces the one before.
      const shown = new Notification(hasDetail ? title : "Cerulean", {
        body: hasDetail ? body : t("notify.newMessage"),
        tag: `cerulean-${message.xid}`,
        icon: `${import.meta.env.BASE_URL}logo.svg`,
        silent: true,
      });
      shown.onclick = () => {
        window.focus();
        navigate("chats", message.xid);
        shown.close();
      };
    };

    const tell = async (message: Message) => {
      if (document.visibilityState !== "hidden" || !leader.isLeader()) return;
      const current = await settings;
      if (!current) return;
      const { isShown, hasDetail, hasSound } = decide(message, await placeOf(message, client), current, new Date());
      if (isShown && readDesktopState() === "on") show(message, hasDetail);
      if (hasSound) playSound();
    };

    const stops = [
      client.on("message", (message) => void tell(message).catch((error: unknown) => console.warn("not notified:", error))),
      client.on("account", ({ type }) => type === "settings" && load()),
      client.on("state", async ({ state }) => {
        if (state === "online" && !(await settings)) load();
      }),
    ];
    return () => {
      stops.forEach((stop) => stop());
      leader.resign();
    };
  }, [client, t]);

  return null;
}
