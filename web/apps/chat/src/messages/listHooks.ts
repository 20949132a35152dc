import { useEffect, useRef, type KeyboardEvent, type RefObject } from "react";
import type { VirtuosoHandle } from "react-virtuoso";
import type { Row } from "./rows";

/** Whatever is sent from here is shown, wherever the list stands. */
export function useScrollToOwn(rows: Row[], list: RefObject<VirtuosoHandle | null>): void {
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
export function useSeen(isShown: boolean, unread: number, count: number, onSeen: () => void): void {
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

export function moveAmongBubbles(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  // Sliders and players inside a message have their own use for the arrows.
  if ((event.target as HTMLElement).matches("input, video, audio")) return;
  const bubbles = [...event.currentTarget.querySelectorAll<HTMLElement>("article")];
  const index = bubbles.indexOf(document.activeElement as HTMLElement);
  if (index < 0 && event.key === "ArrowDown") return;
  const next = index < 0 ? bubbles.at(-1) : bubbles[index + (event.key === "ArrowUp" ? -1 : 1)];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
