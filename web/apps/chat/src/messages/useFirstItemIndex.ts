import { useState } from "react";
import type { Row } from "./rows";

/** Far from zero, so that prepending never runs out of numbers. */
const start = 1_000_000;

/** The virtual list keeps its place while older rows are put in front if this number falls by their count. */
export function useFirstItemIndex(rows: Row[]): number {
  const firstId = rows[0]?.message.localId;
  const [anchor, setAnchor] = useState({ firstId, index: start });
  if (anchor.firstId === firstId) return anchor.index;
  const moved = anchor.firstId === undefined ? 0 : rows.findIndex((row) => row.message.localId === anchor.firstId);
  const index = moved > 0 ? anchor.index - moved : anchor.index;
  setAnchor({ firstId, index });
  return index;
}
