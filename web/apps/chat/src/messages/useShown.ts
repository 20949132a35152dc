import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

export interface UnreadStart {
  /** Messages that were unread when the conversation was opened. */
  count: number;
  /** Once the first of them is loaded, so that the line stands at its true place. */
  isExact: boolean;
}

interface ShownInput {
  frame: RefObject<HTMLElement | null>;
  unreadStart: UnreadStart | null;
  /** Place of the row with the unread line, -1 when there is none. */
  unreadIndex: number;
  onMentionSeen(mid: number): void;
}

/** Follows what the user has before the eyes: whether the unread line was seen or is above, and which mentions were seen. */
export function useShown({ frame, unreadStart, unreadIndex, onMentionSeen }: ShownInput) {
  const [isSeen, setSeen] = useState(false);
  const [isAbove, setAbove] = useState(false);
  const firstIndex = useRef(0);
  const isExact = unreadStart?.isExact === true;
  const seen = useRef(onMentionSeen);
  seen.current = onMentionSeen;

  const check = useCallback(() => {
    const box = frame.current?.getBoundingClientRect();
    if (!frame.current || !box || box.height === 0) return;
    const isVisible = ({ top, bottom }: DOMRect) => bottom > box.top && top < box.bottom;
    const line = frame.current.querySelector(".unread-line")?.getBoundingClientRect();
    if (line && isVisible(line) && isExact) setSeen(true);
    setAbove(line ? line.bottom <= box.top : unreadIndex >= 0 && unreadIndex < firstIndex.current);
    for (const bubble of frame.current.querySelectorAll<HTMLElement>(".bubble.is-mention")) {
      if (isVisible(bubble.getBoundingClientRect())) seen.current(Number(bubble.dataset.mid));
    }
  }, [frame, isExact, unreadIndex]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let waiting = 0;
    const soon = () => {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        check();
      });
    };
    element.addEventListener("scroll", soon, { capture: true, passive: true });
    const timer = setTimeout(check, 300);
    return () => {
      element.removeEventListener("scroll", soon, { capture: true });
      clearTimeout(timer);
      cancelAnimationFrame(waiting);
    };
  });

  const noteRange = useCallback((first: number) => {
    firstIndex.current = first;
  }, []);
  const dismiss = useCallback(() => setSeen(true), []);
  const unreadAbove = unreadStart && !isSeen && (!unreadStart.isExact || isAbove) ? unreadStart.count : 0;
  return { unreadAbove, noteRange, dismiss };
}
