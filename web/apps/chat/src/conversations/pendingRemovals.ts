import { useSyncExternalStore } from "react";

/** Conversations that were deleted a moment ago: hidden at once, deleted for good when there is no way back any more. */
const pending = new Map<number, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();
let snapshot: ReadonlySet<number> = new Set();

export const undoMs = 5000;

function changed(): void {
  snapshot = new Set(pending.keys());
  for (const listener of listeners) listener();
}

/** Runs `remove` after a while, unless it is taken back before. A page that is closed meanwhile has deleted nothing. */
export function scheduleRemoval(xid: number, remove: () => Promise<void>): void {
  clearTimeout(pending.get(xid));
  pending.set(
    xid,
    setTimeout(() => {
      void remove().finally(() => cancelRemoval(xid));
    }, undoMs),
  );
  changed();
}

export function cancelRemoval(xid: number): void {
  clearTimeout(pending.get(xid));
  if (pending.delete(xid)) changed();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePendingRemovals(): ReadonlySet<number> {
  return useSyncExternalStore(subscribe, () => snapshot);
}
