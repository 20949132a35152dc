import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useAppContext, useLive } from "../client/ClientContext";
import type { ChatClient } from "../client/client";
import { buildRows, findFirstUnread, reachesRead, type UnreadRange } from "./rows";

const pageSize = 40;

/** Whether a conversation has older messages, remembered while the page lives. */
const ends = new WeakMap<ChatClient, Map<number, boolean>>();

function moreFlags(client: ChatClient): Map<number, boolean> {
  const flags = ends.get(client) ?? new Map<number, boolean>();
  ends.set(client, flags);
  return flags;
}

/** Rows of one conversation, with loading upward. */
export function useMessages(xid: number) {
  const { client, guard } = useAppContext();
  const messages = useLive(["messages"], () => client.messages.list(xid));
  const conversation = useLive(["conversation", "conversations"], () => client.conversations.find(xid));
  // Counts of the last visit say nothing of what is unread now, unless there is nobody to ask.
  const isStale = useLive(["conversations", "state"], () => client.conversations.isStale && client.state !== "offline");
  const [isLoading, setLoading] = useState(false);
  const [isOpened, setOpened] = useState(messages.length > 0);
  const [hasMore, setHasMore] = useState(() => moreFlags(client).get(xid) ?? true);
  const [range, setRange] = useState<UnreadRange | null>(null);
  const isBusy = useRef(false);
  /** The start was reached while a page was on its way; the list will not say so twice. */
  const isAskedAgain = useRef(false);

  // One that is empty once its history was asked for has nothing unread; what arrives while it is open is seen as it comes.
  const isEmpty = isOpened && !isLoading && messages.length === 0;
  if (!range && !isStale && conversation && (conversation.headMid > 0 || isEmpty)) {
    setRange({ readMid: conversation.readMid, headMid: conversation.headMid, count: conversation.unread });
  }

  const loadOlder = useCallback(() => {
    if (moreFlags(client).get(xid) === false) return;
    isAskedAgain.current = isBusy.current;
    if (isBusy.current) return;
    isBusy.current = true;
    setLoading(true);
    guard(async () => {
      try {
        do {
          isAskedAgain.current = false;
          const page = await client.messages.loadOlder(xid, pageSize);
          moreFlags(client).set(xid, page.hasMore);
          setHasMore(page.hasMore);
        } while (isAskedAgain.current && moreFlags(client).get(xid));
      } finally {
        isBusy.current = false;
        setLoading(false);
        setOpened(true);
      }
    });
  }, [client, guard, xid]);

  useEffect(() => {
    const isNew = moreFlags(client).get(xid) === undefined;
    if (isNew || client.messages.list(xid).length < pageSize / 2) loadOlder();
  }, [client, xid, loadOlder]);

  // The end of what was kept here is not the end of the conversation.
  useEffect(
    () =>
      client.on("state", ({ state }) => {
        if (state !== "online") return;
        moreFlags(client).delete(xid);
        setHasMore(true);
      }),
    [client, xid],
  );

  const unreadLocalId = range ? findFirstUnread(messages, range) : null;
  const rows = useMemo(() => buildRows(messages, unreadLocalId), [messages, unreadLocalId]);
  const unreadStart = useMemo(
    () => (range && range.count > 0 ? { count: range.count, isExact: reachesRead(messages, range, hasMore) } : null),
    [range, messages, hasMore],
  );
  return {
    rows,
    messages,
    conversation,
    hasMore,
    isLoading,
    isOpened: isOpened || messages.length > 0,
    loadOlder,
    unread: isStale ? 0 : (conversation?.unread ?? 0),
    unreadStart,
    readMid: range?.readMid ?? 0,
  };
}
