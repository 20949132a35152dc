import type { SearchOptions, SearchProgress, SearchQuery } from "../api.js";
import type { Context } from "../context.js";
import { asError } from "../errors.js";
import type { Message } from "../types.js";
import type { History, Page } from "./history.js";

const NEWEST = Number.MAX_SAFE_INTEGER;
const PAGE = 100;
const HIT_LIMIT = 200;
const TURN_MS = 2_000;

/**
 * Looks through one conversation, newest first: what is stored here at once, then page by page what the server has. Bodies are sealed
 * there, so only a client can read them. What the server answers replaces what was stored here for the same stretch.
 */
export async function searchMessages(ctx: Context, history: History, xid: number, query: SearchQuery, options: SearchOptions): Promise<SearchProgress> {
  const { signal, onProgress, limit = HIT_LIMIT, before: start = NEWEST } = options;
  const matches = matcher(query);
  const stored = await searchStored(ctx, xid, matches, { ...options, limit });
  const fetched: Message[] = [];
  let before = start;
  let scanned = 0;
  let reachedAt = 0;
  const progress = (isDone: boolean): SearchProgress => {
    const hits = [...fetched, ...stored.filter((message) => message.mid < before)].sort((a, b) => b.mid - a.mid);
    const isLimited = isDone && (hits.length > limit || (hits.length === limit && before > 0));
    const result = { hits: hits.slice(0, limit), scanned, reachedAt, isDone, isLimited };
    onProgress?.(result);
    return result;
  };

  if (!ctx.isOnline()) return progress(true);
  progress(false);

  while (!signal?.aborted) {
    const page = await fetchPatiently(history, xid, before === NEWEST ? 0 : before, signal);
    if (!page) break;
    fetched.push(...page.messages.filter(matches));
    scanned += page.messages.length;
    reachedAt = page.messages[0]?.timestamp ?? reachedAt;
    before = page.nextKey || 0;
    if (page.nextKey === 0 || fetched.length >= limit) return progress(true);
    progress(false);
  }
  return progress(false);
}

/** The hits among what this device keeps of a conversation, ascending page by page from the newest. */
export async function searchStored(
  ctx: Context, xid: number, matches: (message: Message) => boolean, { limit = HIT_LIMIT, before = NEWEST, signal }: SearchOptions,
): Promise<Message[]> {
  const stored: Message[] = [];
  for (let older = before; !signal?.aborted;) {
    const page = await ctx.store().listMessages(xid, older, PAGE);
    stored.push(...page.filter(matches));
    older = page[0]?.mid ?? 0;
    if (page.length < PAGE || stored.length >= limit) break;
  }
  return stored;
}

/** A long search may ask faster than the server lets it; then it waits its turn. Undefined when it was stopped meanwhile. */
async function fetchPatiently(history: History, xid: number, before: number, signal: AbortSignal | undefined): Promise<Page | undefined> {
  for (;;) {
    try {
      return await history.fetchPage(xid, before, PAGE);
    } catch (thrown) {
      if (asError(thrown).reason !== "rate-limited") throw thrown;
    }
    await pause(TURN_MS, signal);
    if (signal?.aborted) return undefined;
  }
}

/** Ends early, without an error, when the signal aborts. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}

export function matcher({ text = "", kinds, from }: SearchQuery): (message: Message) => boolean {
  const wanted = fold(text.trim());
  return (message) => {
    if (message.recalledBy !== undefined || (message.isSystem && message.xid !== 0) || message.kind === "command") return false;
    if (kinds && !kinds.includes(message.kind)) return false;
    if (from !== undefined && message.from !== from) return false;
    return wanted === "" || textsOf(message).some((one) => fold(one).includes(wanted));
  };
}

function textsOf({ text, attachment, merged }: Message): string[] {
  const recorded = merged?.items.flatMap((item) => [item.text, item.attachment?.name ?? ""]) ?? [];
  return [text, attachment?.name ?? "", attachment?.address ?? "", ...recorded];
}

/** Full-width forms, ligatures and case make no difference to someone who searches. */
function fold(text: string): string {
  return text.normalize("NFKC").toLocaleLowerCase();
}
