import type { Context } from "../context.js";

/** How many have read a message of a group; its author does not count. */
export interface ReadCount {
  mid: number;
  readCount: number;
  memberCount: number;
}

export interface ReaderPage {
  userIds: number[];
  /** To ask for the next page with; null at the end. */
  nextCursor: string | null;
}

const COUNTED_AT_ONCE = 50;

/** Asks who has read messages of a group that shows it. Only the author of a message, and managers, get an answer. */
export class Readers {
  constructor(private readonly ctx: Context) {}

  async count(groupId: number, mids: readonly number[]): Promise<ReadCount[]> {
    const counts: ReadCount[] = [];
    for (let from = 0; from < mids.length; from += COUNTED_AT_ONCE) {
      const part = mids.slice(from, from + COUNTED_AT_ONCE).join(",");
      type Raw = { items: { mid: number; read_count: number; member_count: number }[] };
      const { items } = await this.ctx.rest.call<Raw>("GET", `/groups/${groupId}/reads`, { mids: part });
      counts.push(...items.map((item) => ({ mid: item.mid, readCount: item.read_count, memberCount: item.member_count })));
    }
    return counts;
  }

  async list(groupId: number, mid: number, cursor?: string): Promise<ReaderPage> {
    type Raw = { items: number[]; next_cursor: string | null };
    const page = await this.ctx.rest.call<Raw>("GET", `/groups/${groupId}/messages/${mid}/readers`, { cursor });
    return { userIds: page.items, nextCursor: page.next_cursor };
  }
}
