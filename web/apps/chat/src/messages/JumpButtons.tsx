import { ArrowDown, ArrowUp, AtSign } from "lucide-react";
import { useTranslation } from "react-i18next";

interface JumpButtonsProps {
  unread: number;
  mentions: number;
  /** Unread messages above what is shown; 0 hides the button. */
  unreadAbove: number;
  isAtBottom: boolean;
  onUnread(): void;
  onMention(): void;
  onLatest(): void;
}

const upTo99 = (count: number) => (count > 99 ? "99+" : count);

/** Ways to the first unread message, to the next mention, and to the end. */
export function JumpButtons({ unread, mentions, unreadAbove, isAtBottom, onUnread, onMention, onLatest }: JumpButtonsProps) {
  const { t } = useTranslation();
  return (
    <>
      {unreadAbove > 0 ? (
        <button type="button" className="jump-unread" data-testid="jump-to-unread" onClick={onUnread}>
          <ArrowUp size={17} aria-hidden />
          {t("message.jumpToUnread", { count: unreadAbove })}
        </button>
      ) : null}
      <div className="jump-stack">
        {mentions > 0 ? (
          <button
            type="button"
            className="jump-down"
            aria-label={t("message.jumpToMention", { count: mentions })}
            title={t("message.jumpToMention", { count: mentions })}
            data-testid="jump-to-mention"
            onClick={onMention}
          >
            <AtSign size={21} aria-hidden />
            <span className="icon-button-badge">{upTo99(mentions)}</span>
          </button>
        ) : null}
        {isAtBottom ? null : (
          <button
            type="button"
            className="jump-down"
            aria-label={unread > 0 ? t("message.jumpToNew", { count: unread }) : t("message.jumpDown")}
            data-testid="jump-to-latest"
            onClick={onLatest}
          >
            <ArrowDown size={22} aria-hidden />
            {unread > 0 ? <span className="icon-button-badge">{upTo99(unread)}</span> : null}
          </button>
        )}
      </div>
    </>
  );
}
