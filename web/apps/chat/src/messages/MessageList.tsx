import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { ArrowDown, MessageCircleHeart } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import type { Message } from "@cerulean/sdk";
import { EmptyState } from "../ui/EmptyState";
import type { MenuPoint } from "../ui/Menu";
import { MessageRow, type Sender } from "./MessageRow";
import { MessageSkeleton } from "./MessageSkeleton";
import type { Row } from "./rows";
import { useFirstItemIndex } from "./useFirstItemIndex";
import { endPx, usePinned } from "./usePinned";
import "./MessageList.css";

export interface MessageListProps {
  rows: Row[];
  isGroup: boolean;
  isOpened: boolean;
  isLoading: boolean;
  hasMore: boolean;
  unread: number;
  typing: string;
  senderOf(userId: number): Sender;
  nameOf(userId: number): string;
  onLoadOlder(): void;
  onSeen(): void;
  onMenu(at: MenuPoint, message: Message): void;
  onRetry(message: Message): void;
  onOpenImage(message: Message): void;
  onOpenSender(userId: number): void;
}

interface ListContext {
  isLoading: boolean;
  hasMore: boolean;
  typing: string;
}

const components = { Header: ListHeader, Footer: ListFooter };
const highlightMs = 1600;

export function MessageList(props: MessageListProps) {
  const {
    rows,
    isGroup,
    isOpened,
    isLoading,
    hasMore,
    unread,
    typing,
    senderOf,
    nameOf,
    onLoadOlder,
    onSeen,
    onMenu,
    onRetry,
    onOpenImage,
    onOpenSender,
  } = props;
  const { t } = useTranslation();
  const list = useRef<VirtuosoHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { isAtBottom, setAtBottom, keepAtBottom, pin } = usePinned(frame, ".message-scroller");
  const [highlighted, setHighlighted] = useState(0);
  const firstItemIndex = useFirstItemIndex(rows);
  useScrollToOwn(rows, list);
  useSeen(isAtBottom && isOpened, unread, rows.length, onSeen);

  const rowsNow = useRef(rows);
  rowsNow.current = rows;
  const jumpTo = useCallback((mid: number) => {
    const index = rowsNow.current.findIndex((row) => row.message.mid === mid);
    if (index < 0) return;
    list.current?.scrollToIndex({ index, align: "center", behavior: "auto" });
    setHighlighted(mid);
    setTimeout(() => setHighlighted(0), highlightMs);
  }, []);

  if (!isOpened) return <MessageSkeleton />;
  if (rows.length === 0) {
    return (
      <div className="message-list">
        <EmptyState icon={<MessageCircleHeart size={30} />} title={t("message.emptyTitle")} hint={t("message.emptyHint")} />
      </div>
    );
  }

  const unreadIndex = rows.findIndex((row) => row.startsUnread);
  const startsAtUnread = unreadIndex >= 0 && unreadIndex < rows.length - 6;
  return (
    <div ref={frame} className="message-list" onKeyDown={moveAmongBubbles}>
      <Virtuoso<Row, ListContext>
        ref={list}
        className="message-scroller"
        aria-label={t("message.list")}
        role="region"
        data-testid="message-list"
        data={rows}
        context={{ isLoading, hasMore, typing }}
        firstItemIndex={firstItemIndex}
        initialTopMostItemIndex={startsAtUnread ? { index: unreadIndex, align: "start", offset: -90 } : { index: "LAST", align: "end" }}
        alignToBottom
        atBottomThreshold={endPx}
        atBottomStateChange={setAtBottom}
        followOutput={(isBottom) => (isBottom ? "auto" : false)}
        totalListHeightChanged={keepAtBottom}
        startReached={onLoadOlder}
        overscan={{ main: 400, reverse: 800 }}
        computeItemKey={(_, row) => row.message.localId}
        components={components}
        itemContent={(_, row) => (
          <MessageRow
            row={row}
            isGroup={isGroup}
            sender={senderOf(row.message.from)}
            replyName={row.message.replyTo ? nameOf(row.message.replyTo.from) : ""}
            isHighlighted={highlighted > 0 && row.message.mid === highlighted}
            onMenu={onMenu}
            onRetry={onRetry}
            onOpenImage={onOpenImage}
            onOpenSender={onOpenSender}
            onJump={jumpTo}
          />
        )}
      />
      {isAtBottom ? null : (
        <button
          type="button"
          className="jump-down"
          aria-label={unread > 0 ? t("message.jumpToNew", { count: unread }) : t("message.jumpDown")}
          data-testid="jump-to-latest"
          onClick={() => {
            // Not smoothly: rows that are measured on the way move the end, and the way would stop short of it.
            list.current?.scrollToIndex({ index: "LAST", align: "end" });
            pin();
          }}
        >
          <ArrowDown size={22} aria-hidden />
          {unread > 0 ? <span className="icon-button-badge">{unread > 99 ? "99+" : unread}</span> : null}
        </button>
      )}
    </div>
  );
}

function ListHeader({ context }: { context?: ListContext }) {
  const { t } = useTranslation();
  if (context?.isLoading) {
    return (
      <div className="list-header" role="status">
        <span className="spinner" aria-hidden />
        <span className="sr-only">{t("common.loading")}</span>
      </div>
    );
  }
  return <div className="list-header">{context?.hasMore ? "" : t("message.beginning")}</div>;
}

function ListFooter({ context }: { context?: ListContext }) {
  return (
    <div className="list-footer" data-testid="typing-indicator">
      {context?.typing ? (
        <span className="typing-line">
          <span className="typing-dots" aria-hidden>
            <i />
            <i />
            <i />
          </span>
          {context.typing}
        </span>
      ) : null}
    </div>
  );
}

/** Whatever is sent from here is shown, wherever the list stands. */
function useScrollToOwn(rows: Row[], list: React.RefObject<VirtuosoHandle | null>): void {
  const last = rows.at(-1)?.message;
  const lastId = last?.localId;
  const seenId = useRef(lastId);
  const isOwnAndNew = last?.isMine === true && last.mid === 0;
  useEffect(() => {
    const isOther = seenId.current !== undefined && seenId.current !== lastId;
    seenId.current = lastId;
    if (isOther && isOwnAndNew) list.current?.scrollToIndex({ index: "LAST", align: "end" });
  }, [lastId, isOwnAndNew, list]);
}

/** Tells that the newest message is on the screen of someone who looks at it. */
function useSeen(isShown: boolean, unread: number, count: number, onSeen: () => void): void {
  const tell = useRef(onSeen);
  tell.current = onSeen;
  useEffect(() => {
    if (!isShown || unread === 0 || count === 0) return;
    const check = () => {
      if (document.visibilityState === "visible" && document.hasFocus()) tell.current();
    };
    check();
    window.addEventListener("focus", check);
    document.addEventListener("visibilitychange", check);
    return () => {
      window.removeEventListener("focus", check);
      document.removeEventListener("visibilitychange", check);
    };
  }, [isShown, unread, count]);
}

function moveAmongBubbles(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const bubbles = [...event.currentTarget.querySelectorAll<HTMLElement>("article")];
  const index = bubbles.indexOf(document.activeElement as HTMLElement);
  if (index < 0 && event.key === "ArrowDown") return;
  const next = index < 0 ? bubbles.at(-1) : bubbles[index + (event.key === "ArrowUp" ? -1 : 1)];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
