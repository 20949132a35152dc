import type { MessageItem } from "../codec/item.js";
import type { Context } from "../context.js";
import { MessageBody_Type } from "../gen/xsync_pb.js";
import type { Message } from "../types.js";
import { isListed } from "./convert.js";
import type { MessageWindow } from "./window.js";

const NEWEST = Number.MAX_SAFE_INTEGER;

export interface HistoryHooks {
  /** The server's form of a message, with all that is known of it here. */
  read(item: MessageItem, xid: number): Message;
  /** The same for one that was stored here. */
  finish(message: Message): Message;
}

/** Fills windows backwards: from the local cache at once, from the server when connected. */
export class History {
  private readonly running = new Map<MessageWindow, Promise<void>>();

  constructor(
    private readonly ctx: Context,
    private readonly hooks: HistoryHooks,
  ) {}

  /** Calls for one window follow each other, so that two of them do not fetch the same page. */
  loadOlder(xid: number, window: MessageWindow, count: number, onCached: () => void): Promise<void> {
    const load = () => this.load(xid, window, count, onCached);
    const task = (this.running.get(window) ?? Promise.resolve()).then(load, load);
    this.running.set(window, task);
    task.finally(() => this.running.get(window) === task && this.running.delete(window)).catch(() => undefined);
    return task;
  }

  private async load(xid: number, window: MessageWindow, count: number, onCached: () => void): Promise<void> {
    if (!window.isCached) {
      window.isCached = true;
      await this.loadCached(xid, window, NEWEST, count);
      onCached();
      if (!this.ctx.isOnline()) return;
    }
    if (!this.ctx.isOnline()) {
      window.hasMore = (await this.loadCached(xid, window, window.oldestMid || NEWEST, count)) === count;
    } else if (!window.isOpen) {
      await this.loadNewest(xid, window, count);
    } else if (window.hasMore) {
      await this.loadPage(xid, window, count);
    }
  }

  private async loadCached(xid: number, window: MessageWindow, before: number, count: number): Promise<number> {
    const cached = await this.ctx.store().listMessages(xid, before, count);
    for (const message of cached) if (!window.find(message.mid)) window.put(this.hooks.finish(message));
    return cached.length;
  }

  private async loadNewest(xid: number, window: MessageWindow, count: number): Promise<void> {
    const held = new Set(window.sentMessages().map((message) => message.mid));
    const page = await this.fetchPage(xid, 0, count);
    const oldest = page.messages[0]?.mid ?? 0;
    await this.dropGone(xid, window, page, held);
    // Cached messages older than the page count only if they are known to reach up to it.
    const isJoined = page.messages.some((message) => held.has(message.mid));
    if (!isJoined && page.nextKey > 0) window.trimBelow(oldest);
    await this.put(xid, window, page, NEWEST);
    window.isOpen = true;
    window.olderKey = page.nextKey;
    window.hasMore = page.nextKey > 0;
  }

  private async loadPage(xid: number, window: MessageWindow, count: number): Promise<void> {
    const before = Math.min(window.oldestMid || NEWEST, window.olderKey || NEWEST);
    const page = await this.fetchPage(xid, before === NEWEST ? 0 : before, count);
    await this.put(xid, window, page, before);
    window.olderKey = page.nextKey;
    window.hasMore = page.nextKey > 0;
  }

  /** Removes what was held inside the span of the page but is no longer part of it. */
  private async dropGone(xid: number, window: MessageWindow, page: Page, held: Set<number>): Promise<void> {
    const oldest = page.nextKey > 0 ? (page.messages[0]?.mid ?? NEWEST) : 0;
    const newest = page.messages.at(-1)?.mid ?? 0;
    const present = new Set(page.messages.map((message) => message.mid));
    const isTrace = (mid: number) => window.find(mid)?.recalledBy !== undefined;
    const gone = [...held].filter((mid) => mid >= oldest && mid <= newest && !present.has(mid) && !isTrace(mid));
    for (const mid of gone) window.remove(mid);
    await this.ctx.store().deleteMessages(xid, gone);
  }

  private async put(xid: number, window: MessageWindow, page: Page, before: number): Promise<void> {
    const oldest = page.nextKey > 0 ? (page.messages[0]?.mid ?? page.nextKey) : 0;
    // Older servers do not tell of recalled messages; the lines they left are kept here then.
    const traces = await this.ctx.store().listRecalled(xid, oldest, before);
    for (const trace of traces) window.put(trace);
    const fresh = page.messages.filter((message) => isNewer(message, window.find(message.mid)));
    const shown = fresh.map((message) => window.put(keepLocal(message, window.find(message.mid))));
    await this.ctx.store().putMessages(shown);
  }

  /** One page from the server, ascending; 0 asks for the newest. */
  async fetchPage(xid: number, before: number, count: number): Promise<Page> {
    const frame = await this.ctx.wire.history(xid, before, count);
    const messages = frame.items
      .filter((item): item is MessageItem => item.ns === "message" && item.body.type !== MessageBody_Type.OPER)
      .map((item) => this.hooks.read(item, xid))
      .filter(isListed)
      .reverse();
    return { messages, nextKey: frame.nextKey };
  }
}

export interface Page {
  /** Ascending. */
  messages: Message[];
  nextKey: number;
}

/** What the server says of a recalled message is more than a device knows that never had it. */
function isNewer(message: Message, known: Message | undefined): boolean {
  if (message.recalledBy !== undefined) return true;
  return known?.recalledBy === undefined && (known?.editedAt ?? 0) <= (message.editedAt ?? 0);
}

/** Keeps what only this device knows: the last operation applied (the server's fold has no id for it) and what was played. */
function keepLocal(message: Message, known: Message | undefined): Message {
  if (message.recalledBy !== undefined) return message;
  const isSameEdit = known?.editMid !== undefined && known.editedAt === message.editedAt;
  return {
    ...message,
    ...(isSameEdit ? { editMid: known.editMid } : {}),
    ...(isSameEdit && known.isAppended ? { isAppended: true } : {}),
    ...(known?.isPlayed ? { isPlayed: true } : {}),
  };
}
