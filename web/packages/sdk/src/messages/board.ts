import type { Context } from "../context.js";
import type { Conversations } from "../conversations/conversations.js";
import type { Message } from "../types.js";
import { MessageWindow } from "./window.js";

export type RemovalCause = "recalled" | "deleted" | "cleared";

/** The loaded part of every conversation, and the events that tell of its changes. */
export class Board {
  private readonly windows = new Map<number, MessageWindow>();
  private readonly changed = new Set<number>();

  constructor(
    private readonly ctx: Context,
    private readonly conversations: Conversations,
  ) {}

  window(xid: number): MessageWindow {
    let window = this.windows.get(xid);
    if (!window) {
      window = new MessageWindow();
      this.windows.set(xid, window);
    }
    return window;
  }

  entries(): [number, MessageWindow][] {
    return [...this.windows];
  }

  async find(xid: number, mid: number): Promise<Message | undefined> {
    return this.window(xid).find(mid) ?? (await this.ctx.store().findMessage(xid, mid));
  }

  /** Puts a changed form of a known message in its place. Ends when it is stored. */
  async replace(changed: Message): Promise<void> {
    const window = this.window(changed.xid);
    const shown = window.find(changed.mid) ? window.put(changed) : changed;
    this.conversations.handleChanged(shown);
    this.ctx.events.emit("message-changed", shown);
    this.announce(changed.xid);
    await this.ctx.store().putMessages([shown]);
  }

  clear(): void {
    this.windows.clear();
  }

  /** One `messages` event per conversation for all changes of this turn. */
  announce(xid: number): void {
    if (this.changed.size === 0) queueMicrotask(() => this.flushChanged());
    this.changed.add(xid);
  }

  announceStatus(message: Message): void {
    const { xid, localId, mid, status, error } = message;
    this.conversations.handleChanged(message);
    this.ctx.events.emit("message-status", { xid, localId, mid, status, ...(error ? { error } : {}) });
  }

  announceRemoval(xid: number, removed: { mid: number; localId: string }, cause: RemovalCause, by?: number): void {
    this.ctx.events.emit("message-removed", { xid, mid: removed.mid, localId: removed.localId, cause, ...(by === undefined ? {} : { by }) });
    this.announce(xid);
  }

  private flushChanged(): void {
    const xids = [...this.changed];
    this.changed.clear();
    for (const xid of xids) this.ctx.events.emit("messages", { xid });
  }
}
