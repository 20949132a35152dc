import type { ConversationHits, SearchAllOptions, SearchAllProgress, SearchQuery } from "../api.js";
import type { Context } from "../context.js";
import type { Message } from "../types.js";
import type { History } from "./history.js";
import { matcher, searchMessages, searchStored } from "./search.js";

const HIT_LIMIT = 20;
const AT_ONCE = 3;

/** Looks through conversations in the order given: first what is stored here of all of them, then what the server has of each. */
export async function searchAll(
  ctx: Context, history: History, xids: readonly number[], query: SearchQuery, options: SearchAllOptions,
): Promise<SearchAllProgress> {
  const { signal, onProgress, limit = HIT_LIMIT } = options;
  const hitsOf = new Map<number, Message[]>();
  let searched = 0;
  let failed = 0;
  const progress = (isDone: boolean): SearchAllProgress => {
    const result = { found: foundIn(hitsOf, limit), searched, total: xids.length, failed, isDone };
    onProgress?.(result);
    return result;
  };

  const matches = matcher(query);
  for (const xid of xids) {
    if (signal?.aborted) return progress(false);
    const stored = await searchStored(ctx, xid, matches, signal ? { limit, signal } : { limit });
    if (stored.length > 0) hitsOf.set(xid, newestFirst(stored).slice(0, limit));
  }
  progress(false);

  const waiting = [...xids];
  const work = async () => {
    for (let xid = waiting.shift(); xid !== undefined && !signal?.aborted; xid = waiting.shift()) {
      const note = (hits: Message[]) => {
        const isNews = hits.length !== (hitsOf.get(xid)?.length ?? 0);
        hitsOf.set(xid, hits);
        if (isNews) progress(false);
      };
      const isWhole = await searchOne(ctx, history, xid, query, { ...options, limit, onProgress: (one) => note(one.hits) });
      if (signal?.aborted) return;
      searched += 1;
      if (!isWhole) failed += 1;
      progress(false);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return progress(!signal?.aborted);
}

/** False when only what is stored here could be read. One conversation that fails must not end the search of the others. */
async function searchOne(...args: Parameters<typeof searchMessages>): Promise<boolean> {
  const [ctx] = args;
  try {
    await searchMessages(...args);
    return ctx.isOnline();
  } catch {
    return false;
  }
}

function foundIn(hitsOf: ReadonlyMap<number, Message[]>, limit: number): ConversationHits[] {
  const all = [...hitsOf].filter(([, hits]) => hits.length > 0).map(([xid, hits]) => ({ xid, hits, hasMore: hits.length >= limit }));
  return all.sort((a, b) => (b.hits[0]?.timestamp ?? 0) - (a.hits[0]?.timestamp ?? 0));
}

function newestFirst(messages: Message[]): Message[] {
  return [...messages].sort((a, b) => b.mid - a.mid);
}
