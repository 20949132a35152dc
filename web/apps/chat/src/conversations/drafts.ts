import { useSyncExternalStore } from "react";

/** Unsent text per conversation, for as long as the page lives. */
const drafts = new Map<number, string>();
const listeners = new Set<() => void>();

export function readDraft(xid: number): string {
  return drafts.get(xid) ?? "";
}

export function saveDraft(xid: number, text: string): void {
  if (readDraft(xid) === text) return;
  if (text) drafts.set(xid, text);
  else drafts.delete(xid);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDraft(xid: number): string {
  return useSyncExternalStore(subscribe, () => readDraft(xid));
}
