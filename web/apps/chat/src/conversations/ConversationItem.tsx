import { memo, type MouseEvent } from "react";
import { AtSign, BellOff, Pin } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@cerulean/sdk";
import { formatListTime } from "../messages/time";
import { StatusTicks } from "../messages/StatusTicks";
import { formatRoute } from "../shell/route";
import { Avatar } from "../ui/Avatar";
import { useDraft } from "./drafts";

export interface ConversationItemProps {
  conversation: Conversation;
  title: string;
  preview: string;
  avatarUrl: string;
  isSelected: boolean;
  isOnline: boolean;
  isTabStop: boolean;
  onMenu(event: MouseEvent, conversation: Conversation): void;
}

export const ConversationItem = memo(function ConversationItem(props: ConversationItemProps) {
  const { conversation, title, preview, avatarUrl, isSelected, isOnline, isTabStop, onMenu } = props;
  const { t, i18n } = useTranslation();
  const draft = useDraft(conversation.xid);
  const { last, unread, isMuted, isPinned, isMentioned, typing } = conversation;
  const hasDraft = draft !== "" && !isSelected;
  return (
    <li>
      <a
        className={`conversation-item ${isSelected ? "is-selected" : ""}`}
        href={formatRoute({ section: "chats", item: String(conversation.xid) })}
        tabIndex={isTabStop ? 0 : -1}
        aria-current={isSelected ? "page" : undefined}
        data-testid="conversation-item"
        data-xid={conversation.xid}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu(event, conversation);
        }}
      >
        <Avatar id={conversation.xid} name={title} url={avatarUrl} isGroup={conversation.kind === "group"} isSystem={conversation.kind === "system"} isOnline={isOnline} />
        <span className="conversation-main">
          <span className="conversation-line">
            <span className="conversation-title truncate">{title}</span>
            {isMuted ? <BellOff size={14} className="conversation-mark" aria-label={t("conversation.muted")} /> : null}
            <span className="conversation-time">
              {last?.isMine && last.status ? <StatusTicks status={last.status} /> : null}
              {conversation.updatedAt ? formatListTime(conversation.updatedAt, i18n.language, t) : ""}
            </span>
          </span>
          <span className="conversation-line">
            <span className={`conversation-preview truncate ${typing.length > 0 ? "is-typing" : ""}`}>
              {hasDraft ? <span className="conversation-draft">{t("conversation.draft")} </span> : null}
              {hasDraft ? draft : preview}
            </span>
            {isMentioned && unread > 0 ? (
              <span className="mention-badge" title={t("conversation.mentioned")}>
                <AtSign size={13} aria-label={t("conversation.mentioned")} />
              </span>
            ) : null}
            {unread > 0 ? (
              <span className={`count-badge ${isMuted ? "is-quiet" : ""}`} data-testid="unread-badge">
                <span aria-hidden>{unread > 99 ? "99+" : unread}</span>
                <span className="sr-only">{t("conversation.unread", { count: unread })}</span>
              </span>
            ) : isPinned ? (
              <Pin size={14} className="conversation-mark" aria-label={t("conversation.pinned")} />
            ) : null}
          </span>
        </span>
      </a>
    </li>
  );
});
