import { useCallback, useEffect, useMemo, useState } from "react";
import type { Message } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";
import { conversationTitle } from "../conversations/conversationTitle";
import type { Candidate, ChosenMentions } from "../composer/mentions";
import { useJumpRequest } from "./jumpRequest";
import { useGroupEnd, useIsMissing } from "./paneState";
import { recallText } from "./recall";
import { useBlockedReason } from "./useMayWrite";
import { useJump } from "./useJump";
import { useMentionJumps } from "./useMentionJumps";
import { useMessages } from "./useMessages";
import { useReadCounts } from "./readers/useReadCounts";
import { useSenders } from "./useSenders";
import type { Recording } from "./voice/useRecorder";

export type ComposerMode = { kind: "reply" | "edit"; message: Message } | null;

export function useConversationPane(xid: number) {
  const context = useAppContext();
  const { client, guard, t } = context;
  const [mode, setMode] = useState<ComposerMode>(null);
  const { rows, messages, conversation, hasMore, isLoading, isOpened, loadOlder, unread, unreadStart, readMid } = useMessages(xid);
  const { jump, isJumping, jumpTo, jumpAfter } = useJump(xid);
  useJumpRequest(xid, jumpTo);
  const peer = useLive(["roster"], () => client.roster.profile(xid));
  const group = useLive(["group"], () => client.groups.find(xid));
  const isOnline = useLive(["presence"], () => client.presence.find(xid)?.isOnline === true);
  const state = useLive(["state"], () => client.state);
  const isGroup = conversation?.kind === "group" || (!conversation && group !== undefined);

  const isKnown = xid === 0 || peer !== undefined || group !== undefined;
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
    if (isMissing || xid === 0) return;
    const ids = isGroup ? senders.split(",").filter(Boolean).map(Number) : [xid];
    if (ids.length > 0) guard(() => client.roster.ensureProfiles(ids));
  }, [client, guard, isGroup, isMissing, senders, xid]);

  const nameOf = useCallback(
    (userId: number) => {
      if (userId === 0) return t("conversation.system");
      return userId === client.me?.userId ? t("common.you") : client.roster.nameOf(userId);
    },
    [client, t],
  );
  const senderOf = useSenders();
  const myId = client.me?.userId ?? 0;
  const mentionsMe = ({ isMine, mentions: named }: Message) => !isMine && (named?.all === true || named?.userIds.includes(myId) === true);
  const mentions = useMentionJumps({ conversation, messages, readMid: unreadStart ? readMid : null, mentionsMe });
  const recallTextOf = useCallback((message: Message) => recallText(message, myId, nameOf, t), [myId, nameOf, t]);

  const readCounts = useReadCounts(xid, isGroup && group?.readAck === true, messages);

  const typist = conversation?.typing[0];
  const typing = typist === undefined ? "" : isGroup ? t("typing.one", { name: nameOf(typist) }) : t("typing.peer");
  const title = conversationTitle(conversation ?? { name: "", kind: isGroup ? "group" : "user", xid }, client);
  const count = group?.count ?? 0;
  // Presence is told among friends only.
  const isFriend = peer?.relation === "friend";
  const about = isGroup ? (count > 0 ? t("group.memberCount", { count }) : "") : isFriend ? t(isOnline ? "presence.online" : "presence.offline") : "";
  const subtitle = state === "connecting" || state === "offline" ? t("shell.connecting") : typing || about;

  const blockedReason = useBlockedReason(xid, isGroup);

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

  const sendVoice = ({ file, duration, waveform }: Recording) =>
    guard(async () => void (await client.messages.sendFile(xid, file, { kind: "audio", name: file.name, duration, waveform })));

  const editLast = () => {
    const last = messages.findLast((one) => one.isMine && one.mid > 0 && one.kind === "text" && !one.isSystem && one.recalledBy === undefined);
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
    sendVoice,
    draft: client.drafts.get(xid),
    saveDraft: (text: string) => client.drafts.set(xid, text),
    editLast,
    jumpTo,
    blockedReason,
    header: {
      title,
      subtitle,
      isGroup,
      isOnline: isFriend && isOnline,
      avatarUrl: client.files.avatarFor(conversation?.avatar || peer?.avatar || group?.avatar || "", { thumbnail: true }),
    },
    list: {
      rows,
      isGroup,
      isOpened,
      isLoading,
      hasMore,
      typing,
      unread,
      jump,
      isJumping,
      unreadStart,
      mentions: mentions.count,
      recallTextOf,
      mentionsMe,
      readCounts,
      onMentionSeen: mentions.noteSeen,
      onJump: jumpTo,
      onJumpToUnread: () => jumpAfter(readMid),
      onJumpToMention: () => {
        if (mentions.next === undefined) return;
        mentions.noteSeen(mentions.next);
        jumpTo(mentions.next);
      },
      onLoadOlder: loadOlder,
      onSeen: () => guard(() => client.conversations.markRead(xid)),
    },
  };
}
