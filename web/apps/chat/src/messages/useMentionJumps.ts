import { useCallback, useRef, useState } from "react";
import type { Conversation, Message } from "@cerulean/sdk";

interface MentionInput {
  conversation: Conversation | undefined;
  messages: readonly Message[];
  /** What was read when the conversation was opened, if anything was unread. */
  readMid: number | null;
  mentionsMe(message: Message): boolean;
}

/** Mentions of me in this conversation that I have not looked at since it was opened, oldest first. */
export function useMentionJumps({ conversation, messages, readMid, mentionsMe }: MentionInput) {
  const known = useRef(new Set<number>());
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
  // Reading up to the end clears the list of the conversation, also of those that were never scrolled to.
  for (const mid of conversation?.mentionMids ?? []) known.current.add(mid);
  // A page that was just loaded has not heard those that came before it; they stand among the messages.
  for (const message of readMid === null ? [] : messages) {
    if (message.mid > (readMid ?? 0) && message.recalledBy === undefined && mentionsMe(message)) known.current.add(message.mid);
  }
  const waiting = [...known.current].filter((mid) => !seen.has(mid)).sort((a, b) => a - b);
  const noteSeen = useCallback((mid: number) => setSeen((old) => (old.has(mid) ? old : new Set([...old, mid]))), []);
  return { next: waiting[0], count: waiting.length, noteSeen };
}
