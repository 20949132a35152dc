import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";
import type { ChatClient } from "../client/client";
import { conversationTitle } from "../conversations/conversationTitle";
import { messagePreview } from "../conversations/preview";
import { groupName } from "../groups/groupName";
import { Avatar } from "../ui/Avatar";
import { Dialog } from "../ui/Dialog";
import { SearchInput } from "../ui/SearchInput";
import { moveFocus } from "../ui/moveFocus";

interface Target {
  xid: number;
  name: string;
  avatar: string;
  isGroup: boolean;
}

interface ForwardDialogProps {
  messages: Message[];
  /** Send them as one record of the conversation with this name. */
  recordOf?: string | undefined;
  onDone?: () => void;
  onClose(): void;
}

/** Conversations in their order, then friends and groups with whom there is none yet. */
function listTargets(client: ChatClient): Target[] {
  const conversations = client.conversations.list().filter((one) => one.kind !== "system");
  const known = new Set(conversations.map((one) => one.xid));
  const friends = client.roster.list().filter((one) => !known.has(one.userId));
  const groups = client.groups.list().filter((one) => !known.has(one.groupId));
  return [
    ...conversations.map((one) => ({ xid: one.xid, name: conversationTitle(one, client), avatar: one.avatar, isGroup: one.kind === "group" })),
    ...friends.map((one) => ({ xid: one.userId, name: one.displayName, avatar: one.avatar, isGroup: false })),
    ...groups.map((one) => ({ xid: one.groupId, name: groupName(one), avatar: one.avatar, isGroup: true })),
  ];
}

export function ForwardDialog({ messages, recordOf, onDone, onClose }: ForwardDialogProps) {
  const { t } = useTranslation();
  const { client, guard, ui } = useAppContext();
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLocaleLowerCase();
  const targets = useLive(["conversations", "roster", "group"], listTargets).filter((one) => one.name.toLocaleLowerCase().includes(wanted));

  const forward = (target: Target) => {
    onClose();
    guard(async () => {
      if (recordOf === undefined) for (const message of messages) await client.messages.forward(message, target.xid);
      else
        await client.messages.forwardMerged(messages, target.xid, {
          title: t("record.titleOf", { name: recordOf }),
          of: recordOf,
          // Not "you": the record is read by others.
          nameOf: (userId) => (userId === client.me?.userId ? client.me.displayName : client.roster.nameOf(userId)),
          describe: (message) => messagePreview(message.kind, message.attachment?.name ?? "", t),
        });
      ui.toast(t("message.forwarded", { name: target.name }), "success");
      onDone?.();
    });
  };
  return (
    <Dialog
      title={messages.length > 1 ? t("message.forwardCount", { count: messages.length }) : t("message.forward")}
      onClose={onClose}
      testId="forward-dialog"
    >
      <SearchInput label={t("common.search")} value={query} onChange={setQuery} />
      <ul className="pick-list" onKeyDown={moveFocus}>
        {targets.map((target) => (
          <li key={target.xid}>
            <button type="button" className="pick-row" onClick={() => forward(target)}>
              <Avatar
                id={target.xid}
                name={target.name}
                url={client.files.avatarFor(target.avatar, { thumbnail: true })}
                size={40}
                isGroup={target.isGroup}
              />
              <span className="truncate">{target.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
