import { useCallback, useRef, useState } from "react";
import type { Conversation } from "@cerulean/sdk";

/** Mentions of me in this conversation that I have not looked at since it was opened, oldest first. */
export function useMentionJumps(conversation: Conversation | undefined) {
  const known = useRef(new Set<number>());
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
  // Reading up to the end clears the list of the conversation, also of those that were never scrolled to.
  for (const mid of conversation?.mentionMids ?? []) known.current.add(mid);
  const waiting = [...known.current].filter((mid) => !seen.has(mid)).sort((a, b) => a - b);
  const noteSeen = useCallback((mid: number) => setSeen((old) => (old.has(mid) ? old : new Set([...old, mid]))), []);
  return { next: waiting[0], count: waiting.length, noteSeen };
}
