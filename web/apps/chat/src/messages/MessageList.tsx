import { useRef } from "react";
import { MessageCircleHeart } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import type { Message, ReadCount } from "@cerulean/sdk";
import { EmptyState } from "../ui/EmptyState";
import type { MenuPoint } from "../ui/Menu";
import { JumpButtons } from "./JumpButtons";
import { ListFooter, ListHeader, type ListContext } from "./ListEdges";
import { moveAmongBubbles, useScrollToOwn, useSeen } from "./listHooks";
import { MessageRow, type Sender } from "./MessageRow";
import { MessageSkeleton } from "./MessageSkeleton";
import type { Row } from "./rows";
import type { Selection } from "./select/useSelection";
import { useFirstItemIndex } from "./useFirstItemIndex";
import type { Jump } from "./useJump";
import { useJumpScroll } from "./useJumpScroll";
import { useShown, type UnreadStart } from "./useShown";
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
  /** Where to go next, if somewhere. */
  jump: Jump | null;
  isJumping: boolean;
  mentions: number;
  unreadStart: UnreadStart | null;
  senderOf(userId: number): Sender;
  nameOf(userId: number): string;
  mentionsMe(message: Message): boolean;
  recallTextOf(message: Message): string;
  onJump(mid: number): void;
  onJumpToUnread(): void;
  onJumpToMention(): void;
  onMentionSeen(mid: number): void;
  onLoadOlder(): void;
  onSeen(): void;
  onMenu(at: MenuPoint, message: Message): void;
  onRetry(message: Message): void;
  selection: Selection;
  readCounts: ReadonlyMap<number, ReadCount>;
  onOpenReaders(message: Message): void;
  onOpenSender(userId: number): void;
}

const components = { Header: ListHeader, Footer: ListFooter };

export function MessageList(props: MessageListProps) {
  const {
    rows,
    isGroup,
    isOpened,
    isLoading,
    hasMore,
    unread,
    typing,
    jump,
    isJumping,
    mentions,
    unreadStart,
    senderOf,
    nameOf,
    mentionsMe,
    recallTextOf,
    onJump,
    onJumpToUnread,
    onJumpToMention,
    onMentionSeen,
    onLoadOlder,
    onSeen,
    onMenu,
    onRetry,
    selection,
    readCounts,
    onOpenReaders,
    onOpenSender,
  } = props;
  const { t } = useTranslation();
  const list = useRef<VirtuosoHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { isAtBottom, setAtBottom, keepAtBottom, pin, release } = usePinned(frame, ".message-scroller");
  const firstItemIndex = useFirstItemIndex(rows);
  useScrollToOwn(rows, list);
  useSeen(isAtBottom && isOpened, unread, rows.length, onSeen);

  const highlighted = useJumpScroll(list, rows, jump, release);
  const unreadIndex = rows.findIndex((row) => row.startsUnread);
  const { unreadAbove, noteRange, dismiss } = useShown({ frame, unreadStart, unreadIndex, onMentionSeen });

  if (!isOpened) return <MessageSkeleton />;
  if (rows.length === 0) {
    return (
      <div className="message-list">
        <EmptyState icon={<MessageCircleHeart size={30} />} title={t("message.emptyTitle")} hint={t("message.emptyHint")} />
      </div>
    );
  }

  const startsAtUnread = unreadIndex >= 0 && unreadIndex < rows.length - 6;
  const jumpIndex = jump ? rows.findIndex((row) => row.message.mid === jump.mid) : -1;
  const start =
    jumpIndex >= 0
      ? ({ index: jumpIndex, align: "center" } as const)
      : startsAtUnread
        ? ({ index: unreadIndex, align: "start", offset: -90 } as const)
        : ({ index: "LAST", align: "end" } as const);
  return (
    <div ref={frame} className="message-list" onKeyDown={moveAmongBubbles}>
      <Virtuoso<Row, ListContext>
        ref={list}
        className="message-scroller"
        aria-label={t("message.list")}
        role="region"
        data-testid="message-list"
        data={rows}
        context={{ isLoading: isLoading || isJumping, hasMore, typing }}
        firstItemIndex={firstItemIndex}
        initialTopMostItemIndex={start}
        alignToBottom
        atBottomThreshold={endPx}
        atBottomStateChange={setAtBottom}
        followOutput={(isBottom) => (isBottom ? "auto" : false)}
        totalListHeightChanged={keepAtBottom}
        startReached={onLoadOlder}
        rangeChanged={({ startIndex }) => noteRange(startIndex - firstItemIndex)}
        overscan={{ main: 400, reverse: 800 }}
        computeItemKey={(_, row) => row.message.localId}
        components={components}
        itemContent={(_, row) => (
          <MessageRow
            row={row}
            isGroup={isGroup}
            sender={senderOf(row.message.from)}
            recallText={row.message.recalledBy === undefined ? "" : recallTextOf(row.message)}
            replyName={row.message.replyTo ? nameOf(row.message.replyTo.from) : ""}
            isHighlighted={highlighted > 0 && row.message.mid === highlighted}
            isMention={mentionsMe(row.message)}
            onMenu={onMenu}
            onRetry={onRetry}
            pick={selection.isActive ? (selection.has(row.message.localId) ? "yes" : "no") : "off"}
            onPick={selection.toggle}
            readCount={readCounts.get(row.message.mid)}
            onOpenReaders={onOpenReaders}
            onOpenSender={onOpenSender}
            onJump={onJump}
          />
        )}
      />
      <JumpButtons
        unread={unread}
        mentions={mentions}
        unreadAbove={unreadAbove}
        isAtBottom={isAtBottom}
        onMention={onJumpToMention}
        onUnread={() => {
          dismiss();
          onJumpToUnread();
        }}
        onLatest={() => {
          // Not smoothly: rows that are measured on the way move the end, and the way would stop short of it.
          list.current?.scrollToIndex({ index: "LAST", align: "end" });
          pin();
        }}
      />
    </div>
  );
}
