import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

/** A move away from the end within this time after a gesture is the user's will; any other is the layout's doing. */
const gestureMs = 600;
const settleMs = 150;
/** The list reports late that it stands at its end; within this time after it was let go, that is where it came from. */
const leaveMs = 500;
const never = -Infinity;
/** Nearer to the end than this counts as at the end. */
export const endPx = 60;
const gestures = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/** Keeps a list that stands at its end there while texts wrap anew, pictures load or a panel opens. */
export function usePinned(frame: RefObject<HTMLElement | null>, scrollerSelector: string) {
  const [isAtBottom, setState] = useState(true);
  const isPinned = useRef(false);
  const lastGesture = useRef(never);
  const releasedAt = useRef(never);
  const observed = useRef<HTMLElement | null>(null);

  const setAtBottom = useCallback((isNow: boolean) => {
    const isWanted = performance.now() - lastGesture.current < gestureMs;
    const isLeaving = performance.now() - releasedAt.current < leaveMs;
    if (isNow ? !isLeaving : isWanted) isPinned.current = isNow;
    if (isNow || !isPinned.current) setState(isNow);
  }, []);

  const keepAtBottom = useCallback(() => {
    const stick = () => {
      const scroller = frame.current?.querySelector(scrollerSelector);
      if (scroller && isPinned.current) scroller.scrollTop = scroller.scrollHeight;
    };
    requestAnimationFrame(stick);
    // The list swaps rows after a change of size and is shorter for a moment, which may cut the first attempt short.
    setTimeout(stick, settleMs);
  }, [frame, scrollerSelector]);

  /** Stays at the end from now on, whatever gesture led there. */
  const pin = useCallback(() => {
    isPinned.current = true;
    lastGesture.current = never;
    releasedAt.current = never;
    keepAtBottom();
  }, [keepAtBottom]);

  /** Lets go of the end: the list is about to be moved elsewhere. */
  const release = useCallback(() => {
    isPinned.current = false;
    releasedAt.current = performance.now();
  }, []);

  // The frame appears only once there are messages, hence no list of dependencies.
  useEffect(() => {
    const element = frame.current;
    if (!element || element === observed.current) return;
    observed.current = element;
    const note = () => {
      lastGesture.current = performance.now();
    };
    for (const name of gestures) element.addEventListener(name, note, { passive: true });
    // The list reports the move later than it happens, on a busy machine too late to belong to the gesture, and does not report it again.
    let lastTop = 0;
    const follow = ({ target }: Event) => {
      const { scrollTop, scrollHeight, clientHeight } = target as Element;
      const isUpward = scrollTop < lastTop && scrollHeight - clientHeight - scrollTop > endPx;
      if (isUpward && performance.now() - lastGesture.current < gestureMs) {
        isPinned.current = false;
        setState(false);
      }
      lastTop = scrollTop;
    };
    element.addEventListener("scroll", follow, { capture: true, passive: true });
    new ResizeObserver(keepAtBottom).observe(element);
  });

  return { isAtBottom, setAtBottom, keepAtBottom, pin, release };
}
