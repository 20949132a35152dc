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

function isVisible(element: Element, frame: Element): boolean {
  const [box, around] = [element.getBoundingClientRect(), frame.getBoundingClientRect()];
  return around.height > 0 && box.bottom > around.top && box.top < around.bottom;
}

const isAboveOf = (element: Element, frame: Element) => element.getBoundingClientRect().bottom <= frame.getBoundingClientRect().top;

/** A mention counts as seen when the list has rested with it in view for this long; one that only passes by does not. */
const restMs = 200;

/** Follows what the user has before the eyes: whether the unread line was seen or is above, and which mentions were seen. */
export function useShown({ frame, unreadStart, unreadIndex, onMentionSeen }: ShownInput) {
  const [isSeen, setSeen] = useState(false);
  const [isAbove, setAbove] = useState(false);
  const firstIndex = useRef(0);
  const isExact = unreadStart?.isExact === true;
  const seen = useRef(onMentionSeen);
  seen.current = onMentionSeen;

  const checkLine = useCallback(() => {
    if (!frame.current) return;
    const line = frame.current.querySelector(".unread-line");
    if (line && isExact && isVisible(line, frame.current)) setSeen(true);
    setAbove(line ? isAboveOf(line, frame.current) : unreadIndex >= 0 && unreadIndex < firstIndex.current);
  }, [frame, isExact, unreadIndex]);

  const checkMentions = useCallback(() => {
    if (!frame.current) return;
    for (const bubble of frame.current.querySelectorAll<HTMLElement>(".bubble.is-mention")) {
      if (isVisible(bubble, frame.current)) seen.current(Number(bubble.dataset.mid));
    }
  }, [frame]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let waiting = 0;
    let rest = 0;
    const restAnew = () => {
      window.clearTimeout(rest);
      rest = window.setTimeout(() => {
        checkLine();
        checkMentions();
      }, restMs);
    };
    const onScroll = () => {
      restAnew();
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        checkLine();
      });
    };
    element.addEventListener("scroll", onScroll, { capture: true, passive: true });
    restAnew();
    return () => {
      element.removeEventListener("scroll", onScroll, { capture: true });
      window.clearTimeout(rest);
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
