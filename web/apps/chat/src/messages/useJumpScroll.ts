import { useEffect, useRef, useState, type RefObject } from "react";
import type { VirtuosoHandle } from "react-virtuoso";
import type { Row } from "./rows";
import type { Jump } from "./useJump";

const highlightMs = 1600;
const settleMs = 120;

/** Brings the message that was jumped to into view and marks it for a moment; answers its id while it is marked. */
export function useJumpScroll(list: RefObject<VirtuosoHandle | null>, rows: Row[], jump: Jump | null, release: () => void): number {
  const [highlighted, setHighlighted] = useState(0);
  const reached = useRef(0);
  const index = jump ? rows.findIndex((row) => row.message.mid === jump.mid) : -1;

  useEffect(() => {
    if (!jump || jump.turn === reached.current || index < 0) return;
    release();
    setHighlighted(jump.mid);
    const scroll = () => list.current?.scrollToIndex({ index, align: "center" });
    const first = setTimeout(scroll, 0);
    // Once more after the list has taken in rows that were loaded for this jump; if more come before, all over again.
    const second = setTimeout(() => {
      scroll();
      reached.current = jump.turn;
    }, settleMs);
    return () => {
      clearTimeout(first);
      clearTimeout(second);
    };
  }, [index, jump, list, release]);

  useEffect(() => {
    if (highlighted === 0) return;
    const end = setTimeout(() => setHighlighted(0), highlightMs);
    return () => clearTimeout(end);
  }, [highlighted]);
  return highlighted;
}
