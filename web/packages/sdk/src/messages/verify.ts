import { linkOf, ZERO_LINK, type ChainItem } from "../chain.js";
import type { Context } from "../context.js";
import type { ChainReport, Message } from "../types.js";

const PAGE = 1000;

interface ChainPage {
  items: ChainItem[];
  has_more: boolean;
}

interface Head {
  mid: number;
  link: string;
  position: number;
}

/**
 * Recomputes the whole hash chain of a conversation from the server's skeleton. It must also agree with the links this device was given
 * with its messages, and still contain the head seen by the last check: a rewritten past shows even if it is consistent in itself.
 */
export async function verifyChain(ctx: Context, xid: number, messages: readonly Message[]): Promise<ChainReport> {
  const local = new Map(messages.filter((message) => message.link).map((message) => [message.mid, message.link]));
  const headKey = `chain-head/${xid}`;
  const lastHead = await ctx.store().getValue<Head>(headKey);
  let previous: ChainItem | null = null;
  let head: Head | null = null;
  let checked = 0;
  let hasLastHead = lastHead === undefined;
  for (let hasMore = true; hasMore;) {
    const page: ChainPage = await ctx.rest.call("GET", `/conversations/${xid}/chain`, { after: previous?.mid ?? 0, limit: PAGE });
    for (const item of page.items) {
      const problem = problemOf(item, previous, local);
      if (problem) return { checked, intact: false, brokenAt: item.mid, problem };
      if (lastHead?.mid === item.mid && lastHead.link === item.link) hasLastHead = true;
      previous = item;
      checked += 1;
    }
    if (previous) head = { mid: previous.mid, link: previous.link, position: previous.position };
    hasMore = page.has_more && page.items.length > 0;
  }
  if (!hasLastHead) return { checked, intact: false, brokenAt: lastHead?.mid ?? 0, problem: "head" };
  if (head) await ctx.store().putValue(headKey, head);
  return { checked, intact: true };
}

function problemOf(item: ChainItem, previous: ChainItem | null, local: Map<number, string | undefined>): ChainReport["problem"] {
  const known = local.get(item.mid);
  if (known !== undefined && known !== item.link) return "local";
  // A member who joined late gets the chain from the first visible item on, whose link is then taken as given.
  if (!previous && item.position > 1) return undefined;
  if (previous && (item.position !== previous.position + 1 || item.mid <= previous.mid)) return "position";
  return linkOf(previous?.link ?? ZERO_LINK, item) === item.link ? undefined : "link";
}
