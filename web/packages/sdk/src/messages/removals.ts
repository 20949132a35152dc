import type { Context } from "../context.js";
import type { Conversations } from "../conversations/conversations.js";
import type { Message } from "../types.js";
import type { Board } from "./board.js";

export interface Recall {
  mid: number;
  /** Who took the message back. */
  by: number;
  at: number;
}

/** Takes messages away: deleted ones without a trace, recalled ones leave a line that survives a reload. */
export class Removals {
  constructor(
    private readonly ctx: Context,
    private readonly conversations: Conversations,
    private readonly board: Board,
  ) {}

  async delete(xid: number, mid: number): Promise<void> {
    const window = this.board.window(xid);
    const removed = window.remove(mid) ?? (await this.ctx.store().findMessage(xid, mid));
    this.conversations.handleRemoved(xid, mid, window.newest);
    this.board.announceRemoval(xid, removed ?? { mid, localId: `m${mid}` }, "deleted");
    await this.ctx.store().deleteMessages(xid, [mid]);
  }

  async recall(xid: number, recall: Recall): Promise<void> {
    const { mid, by } = recall;
    const known = await this.board.find(xid, mid);
    if (known?.recalledBy !== undefined) return;
    const window = this.board.window(xid);
    const trace = this.trace(xid, recall, known);
    // Below a gap it waits in the store until the page around it is loaded.
    if (window.covers(mid)) window.put(trace);
    this.conversations.handleRemoved(xid, mid, window.newest);
    this.board.announceRemoval(xid, trace, "recalled", by);
    await this.ctx.store().putMessages([trace]);
  }

  /** What is left of a recalled message: who, where, when; nothing of its content. */
  private trace(xid: number, { mid, by, at }: Recall, known: Message | undefined): Message {
    const from = known?.from ?? by;
    const next = this.board.window(xid).after(mid);
    return {
      localId: known?.localId ?? `m${mid}`,
      mid,
      xid,
      from,
      timestamp: known?.timestamp ?? Math.min(at, next?.timestamp ?? at),
      kind: "text",
      text: "",
      status: "delivered",
      isMine: from === this.ctx.self(),
      isSystem: false,
      recalledBy: by,
      ...(known?.position ? { position: known.position } : {}),
    };
  }
}
