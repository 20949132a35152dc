import { useCallback, useEffect, useMemo, useState } from "react";
import type { GroupEventType, Message, RosterItem } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";
import { conversationTitle } from "../conversations/conversationTitle";
import type { Candidate, ChosenMentions } from "../composer/mentions";
import { navigate } from "../shell/route";
import type { Sender } from "./MessageRow";
import { useMessages } from "./useMessages";

export type ComposerMode = { kind: "reply" | "edit"; message: Message } | null;

export function useConversationPane(xid: number) {
  const context = useAppContext();
  const { client, guard, t } = context;
  const [mode, setMode] = useState<ComposerMode>(null);
  const { rows, messages, conversation, hasMore, isLoading, isOpened, loadOlder } = useMessages(xid);
  const peer = useLive(["roster"], () => client.roster.profile(xid));
  const group = useLive(["group"], () => client.groups.find(xid));
  const isOnline = useLive(["presence"], () => client.presence.find(xid)?.isOnline === true);
  const state = useLive(["state"], () => client.state);
  const isGroup = conversation?.kind === "group" || (!conversation && group !== undefined);

  const isKnown = peer !== undefined || group !== undefined;
  useEffect(() => {
    if (isKnown && !client.conversations.find(xid)) client.conversations.open(xid);
  }, [client, xid, isKnown]);
  const isMissing = useIsMissing(xid, isKnown || conversation !== undefined);
  useGroupEnd(xid);

  const senders = useMemo(
    () => [...new Set(messages.map((one) => one.from).filter((id) => id > 0))].sort((a, b) => a - b).join(),
    [messages],
  );
  useEffect(() => {
    if (isMissing) return;
    const ids = isGroup ? senders.split(",").filter(Boolean).map(Number) : [xid];
    if (ids.length > 0) guard(() => client.roster.ensureProfiles(ids));
  }, [client, guard, isGroup, isMissing, senders, xid]);

  const nameOf = useCallback(
    (userId: number) => (userId === client.me?.userId ? t("common.you") : client.roster.nameOf(userId)),
    [client, t],
  );
  const senderOf = useSenders();

  const typist = conversation?.typing[0];
  const typing = typist === undefined ? "" : isGroup ? t("typing.one", { name: nameOf(typist) }) : t("typing.peer");
  const title = conversationTitle(conversation ?? { name: "", kind: isGroup ? "group" : "user", xid }, client);
  const count = group?.count ?? 0;
  const subtitle =
    state === "connecting" || state === "offline"
      ? t("shell.connecting")
      : typing || (isGroup ? (count > 0 ? t("group.memberCount", { count }) : "") : t(isOnline ? "presence.online" : "presence.offline"));

  const loadCandidates = async (): Promise<Candidate[]> => {
    const members = await client.groups.members(xid);
    const others = members.filter((one) => one.userId !== client.me?.userId);
    return [...others.map((one) => ({ userId: one.userId, name: one.displayName })), { userId: 0, name: t("composer.everyone") }];
  };

  const sendText = (text: string, mentions?: ChosenMentions) => {
    guard(async () => {
      if (mode?.kind === "edit") {
        if (text !== mode.message.text) await client.messages.edit(xid, mode.message.mid, text);
      } else {
        const replyTo = mode
          ? {
              mid: mode.message.mid,
              from: mode.message.from,
              text: (mode.message.text || mode.message.attachment?.name || "").slice(0, 120),
            }
          : undefined;
        await client.messages.sendText(xid, text, { ...(replyTo ? { replyTo } : {}), ...(mentions ? { mentions } : {}) });
      }
    });
    setMode(null);
  };

  const sendFiles = (files: File[]) =>
    guard(async () => {
      for (const file of files) await client.messages.sendFile(xid, file, { name: file.name });
    });

  const editLast = () => {
    const last = messages.findLast((one) => one.isMine && one.mid > 0 && one.kind === "text" && !one.isSystem);
    if (last) setMode({ kind: "edit", message: last });
  };

  return {
    context,
    isMissing,
    messages,
    loadCandidates: isGroup ? loadCandidates : undefined,
    mode,
    setMode,
    nameOf,
    senderOf,
    sendText,
    sendFiles,
    editLast,
    blockedReason: findBlock(isGroup, peer, group?.banExpireTime ?? 0, group?.ownerId === client.me?.userId, t),
    header: {
      title,
      subtitle,
      isGroup,
      isOnline: !isGroup && isOnline,
      avatarUrl: client.files.urlFor(conversation?.avatar || peer?.avatar || group?.avatar || "", { thumbnail: true }),
    },
    list: {
      rows,
      isGroup,
      isOpened,
      isLoading,
      hasMore,
      typing,
      unread: conversation?.unread ?? 0,
      onLoadOlder: loadOlder,
      onSeen: () => guard(() => client.conversations.markRead(xid)),
    },
  };
}

/** Whether the server has said that the address leads to nobody we know and no group of ours. */
function useIsMissing(xid: number, isKnown: boolean): boolean {
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
function useGroupEnd(xid: number): void {
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

/** Why nothing may be written here, if so. */
function findBlock(
  isGroup: boolean,
  peer: RosterItem | undefined,
  banExpireTime: number,
  isOwner: boolean,
  t: (key: string) => string,
): string {
  if (!isGroup) return peer?.relation === "blocked" ? t("composer.blockedByMe") : "";
  const isBanned = banExpireTime === -1 || banExpireTime * 1000 > Date.now();
  return isBanned && !isOwner ? t("composer.groupMuted") : "";
}

/** Names and pictures of senders; the objects stay the same until a profile changes, so that rows are not drawn again. */
function useSenders(): (userId: number) => Sender {
  const { client } = useAppContext();
  const [cache, setCache] = useState(() => new Map<number, Sender>());
  useEffect(() => {
    const forget = () => setCache(new Map());
    const stops = [client.on("roster", forget), client.on("account", forget)];
    return () => stops.forEach((stop) => stop());
  }, [client]);
  return useCallback(
    (userId) => {
      const known = cache.get(userId);
      if (known) return known;
      const avatar = userId === client.me?.userId ? client.me.avatar : (client.roster.profile(userId)?.avatar ?? "");
      const sender = { name: client.roster.nameOf(userId), avatarUrl: client.files.urlFor(avatar, { thumbnail: true }) };
      cache.set(userId, sender);
      return sender;
    },
    [cache, client],
  );
}
