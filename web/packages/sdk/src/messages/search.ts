import type { SearchOptions, SearchProgress, SearchQuery } from "../api.js";
import type { Context } from "../context.js";
import type { Message } from "../types.js";
import type { History } from "./history.js";

const NEWEST = Number.MAX_SAFE_INTEGER;
const PAGE = 100;
const HIT_LIMIT = 200;

/**
 * Looks through one conversation, newest first: what is stored here at once, then page by page what the server has. Bodies are sealed
 * there, so only a client can read them. What the server answers replaces what was stored here for the same stretch.
 */
export async function searchMessages(ctx: Context, history: History, xid: number, query: SearchQuery, options: SearchOptions): Promise<SearchProgress> {
  const { signal, onProgress, limit = HIT_LIMIT, before: start = NEWEST } = options;
  const matches = matcher(query);
  const stored: Message[] = [];
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

  for (let older = start; !signal?.aborted;) {
    const page = await ctx.store().listMessages(xid, older, PAGE);
    stored.push(...page.filter(matches));
    older = page[0]?.mid ?? 0;
    if (page.length < PAGE || stored.length >= limit) break;
  }
  if (!ctx.isOnline()) return progress(true);
  progress(false);

  while (!signal?.aborted) {
    const page = await history.fetchPage(xid, before === NEWEST ? 0 : before, PAGE);
    fetched.push(...page.messages.filter(matches));
    scanned += page.messages.length;
    reachedAt = page.messages[0]?.timestamp ?? reachedAt;
    before = page.nextKey || 0;
    if (page.nextKey === 0 || fetched.length >= limit) return progress(true);
    progress(false);
  }
  return progress(false);
}

function matcher({ text = "", kinds, from }: SearchQuery): (message: Message) => boolean {
  const wanted = fold(text.trim());
  return (message) => {
    if (message.recalledBy !== undefined || (message.isSystem && message.xid !== 0) || message.kind === "command") return false;
    if (kinds && !kinds.includes(message.kind)) return false;
    if (from !== undefined && message.from !== from) return false;
    return wanted === "" || textsOf(message).some((one) => fold(one).includes(wanted));
  };
}

function textsOf({ text, attachment, merged }: Message): string[] {
  const recorded = merged?.items.map((item) => item.text) ?? [];
  return [text, attachment?.name ?? "", attachment?.address ?? "", ...recorded];
}

/** Full-width forms, ligatures and case make no difference to someone who searches. */
function fold(text: string): string {
  return text.normalize("NFKC").toLocaleLowerCase();
}
