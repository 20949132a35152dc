import { memo, useRef, type KeyboardEvent } from "react";
import { Check, ChevronDown, RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message, ReadCount } from "@cerulean/sdk";
import { reasonText } from "../client/errorText";
import { Avatar } from "../ui/Avatar";
import { toneOf } from "../ui/initials";
import type { MenuPoint } from "../ui/Menu";
import { menuPoint } from "../ui/useActionMenu";
import { useLongPress } from "../ui/useLongPress";
import { MessageContent } from "./MessageContent";
import { isOnlyEmoji } from "./RichText";
import { isLine, type Row } from "./rows";
import { isSelectable } from "./select/useSelection";
import { StatusTicks } from "./StatusTicks";
import { formatClock, formatDay, formatFull } from "./time";
import "./MessageRow.css";

export interface Sender {
  name: string;
  avatarUrl: string;
}

export interface MessageRowProps {
  row: Row;
  isGroup: boolean;
  sender: Sender;
  replyName: string;
  /** Stands in place of a message that was taken back. */
  recallText: string;
  isHighlighted: boolean;
  /** It names me, or everyone. */
  isMention: boolean;
  onMenu(at: MenuPoint, message: Message): void;
  onRetry(message: Message): void;
  /** Messages are being chosen, and whether this one is. */
  pick: "off" | "yes" | "no";
  onPick(message: Message): void;
  /** How many have read it, in groups that show it. */
  readCount: ReadCount | undefined;
  onOpenReaders(message: Message): void;
  onOpenSender(userId: number): void;
  onJump(mid: number): void;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const {
    row: { message, startsDay, startsUnread },
    recallText,
  } = props;
  const { t, i18n } = useTranslation();
  return (
    <div className="message-slot">
      {startsDay ? (
        <div className="day-line">
          <span>{formatDay(message.timestamp, i18n.language, t)}</span>
        </div>
      ) : null}
      {startsUnread ? (
        <div className="unread-line" role="separator" aria-label={t("message.unreadLine")} data-testid="unread-divider">
          <span>{t("message.unreadLine")}</span>
        </div>
      ) : null}
      {isLine(message) || recallText ? (
        <p className="system-line" data-testid="system-message" data-mid={message.mid}>
          <span>{recallText || message.text}</span>
        </p>
      ) : (
        <Bubble {...props} />
      )}
    </div>
  );
}, isSameRow);

/** Rows are built anew on every change of the list; what counts is what is in them. */
function isSameRow(before: MessageRowProps, after: MessageRowProps): boolean {
  const { row: rowBefore, ...restBefore } = before;
  const { row: rowAfter, ...restAfter } = after;
  return isShallowEqual(rowBefore, rowAfter) && isShallowEqual(restBefore, restAfter);
}

function isShallowEqual<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every((key) => Object.is(a[key], b[key]));
}

/** "Read by all" stands once, under the last message of a run. */
function isCountShown({ readCount, memberCount }: ReadCount, isLast: boolean): boolean {
  return memberCount > 0 && (isLast || readCount < memberCount);
}

function Bubble({ row, isGroup, sender, replyName, isHighlighted, isMention, pick, readCount, onMenu, onRetry, onPick, onOpenReaders, onOpenSender, onJump }: MessageRowProps) {
  const { t, i18n } = useTranslation();
  const { message, isFirst, isLast } = row;
  const { isMine, kind } = message;
  const isPicking = pick !== "off" && isSelectable(message);
  const touch = useLongPress((at) => onMenu(at, message));
  const menuButton = useRef<HTMLButtonElement>(null);
  const isBare = ((kind === "image" || kind === "video") && !message.replyTo) || (kind === "text" && !message.replyTo && isOnlyEmoji(message.text));
  const classes = [
    "message-row",
    isMine ? "is-mine" : "is-theirs",
    isFirst && "is-first",
    isLast && "is-last",
    isGroup && "in-group",
    isHighlighted && "is-highlighted",
    isPicking && "is-picking",
  ];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.key !== "Enter") return;
    // Otherwise the same key press would also choose the first entry of the menu.
    event.preventDefault();
    menuButton.current?.click();
  };
  return (
    <div className={classes.filter(Boolean).join(" ")} onClick={isPicking ? () => onPick(message) : undefined}>
      {isPicking ? (
        <button
          type="button"
          role="checkbox"
          className="message-pick"
          aria-checked={pick === "yes"}
          aria-label={t("message.pick", { name: isMine ? t("common.you") : sender.name, text: message.text.slice(0, 60) })}
          data-testid="message-pick"
        >
          <Check size={15} strokeWidth={3} aria-hidden />
        </button>
      ) : null}
      {isGroup && !isMine ? (
        <span className="message-avatar">
          {isLast ? (
            <button
              type="button"
              tabIndex={-1}
              aria-label={t("message.openSender", { name: sender.name })}
              onClick={() => onOpenSender(message.from)}
            >
              <Avatar id={message.from} name={sender.name} url={sender.avatarUrl} size={36} />
            </button>
          ) : null}
        </span>
      ) : null}
      <article
        className={`bubble kind-${kind} ${isBare ? "is-bare" : ""} ${isMention ? "is-mention" : ""}`}
        tabIndex={-1}
        aria-label={t("message.label", {
          name: isMine ? t("common.you") : sender.name,
          time: formatClock(message.timestamp, i18n.language),
        })}
        data-testid="message-bubble"
        data-mid={message.mid}
        data-status={message.status}
        data-mine={isMine}
        onContextMenu={(event) => {
          event.preventDefault();
          onMenu(menuPoint(event), message);
        }}
        onKeyDown={onKeyDown}
        {...touch}
      >
        {isGroup && !isMine && isFirst ? <p className={`bubble-sender name-tone-${toneOf(message.from)}`}>{sender.name}</p> : null}
        {message.replyTo ? (
          <button type="button" className="bubble-reply" onClick={() => onJump(message.replyTo?.mid ?? 0)}>
            <b className="truncate">{replyName}</b>
            <span className="truncate">{message.replyTo.text}</span>
          </button>
        ) : null}
        <MessageContent message={message} />
        <span className="bubble-meta" title={formatFull(message.timestamp, i18n.language)}>
          {message.editedAt && !message.isAppended && message.isStreaming === undefined ? <span>{t("message.edited")}</span> : null}
          <time dateTime={new Date(message.timestamp).toISOString()}>{formatClock(message.timestamp, i18n.language)}</time>
          {isMine ? <StatusTicks status={message.status} /> : null}
        </span>
        <button
          ref={menuButton}
          type="button"
          className="bubble-menu"
          tabIndex={-1}
          aria-label={t("message.actions")}
          aria-haspopup="menu"
          onClick={(event) => onMenu(menuPoint(event), message)}
        >
          <ChevronDown size={18} aria-hidden />
        </button>
      </article>
      {readCount && isCountShown(readCount, isLast) ? (
        <button type="button" className="read-count" data-testid="read-count" onClick={() => onOpenReaders(message)}>
          {readCount.readCount >= readCount.memberCount ? t("readers.all") : t("readers.count", { count: readCount.readCount })}
        </button>
      ) : null}
      {message.status === "failed" ? (
        <button type="button" className="message-failed" data-testid="message-retry" onClick={() => onRetry(message)}>
          <RefreshCw size={14} aria-hidden />
          {message.error ? reasonText(message.error, t) : t("status.failed")} · {t("message.retry")}
        </button>
      ) : null}
    </div>
  );
}
