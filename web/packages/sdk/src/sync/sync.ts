import { encodePull, type SyncFrame, type UnreadFrame } from "../codec/frame.js";
import type { Item } from "../codec/item.js";
import type { Store } from "../store/store.js";
import { Acks } from "./acks.js";
import { Line } from "./line.js";

const PULL_LIMIT_MS = 20_000;
/** Replies to own sends and pushes may cross; a gap that an awaited reply can close is given this long. */
const CROSSING_MS = 300;

export type Source = "push" | "pull";

export interface SyncPort {
  send(frame: Uint8Array): boolean;
  /** Hands items to their managers at once; the promise ends when they are stored and never rejects. */
  apply(items: Item[], source: Source): Promise<void>;
  /** Own sends to this conversation await their reply. */
  hasInFlight(xid: number): boolean;
  onUnanswered(): void;
  onError(error: unknown): void;
}

/**
 * Brings every item of every conversation here: pushes where nothing is missing, pulls where `prev_mid` shows a gap or the server says
 * so, one pull at a time per conversation, confirmed only after the items are stored.
 */
export class Sync {
  private readonly lines = new Map<number, Line>();
  private readonly acks: Acks;
  private store: Store | null = null;
  private hasUnreadAnswer = false;
  /** Counts connections, so that work begun on one does not act on the next. */
  private epoch = 0;
  private work: Promise<void> = Promise.resolve();

  constructor(private readonly port: SyncPort) {
    this.acks = new Acks((frame) => port.send(frame));
  }

  async open(store: Store): Promise<void> {
    this.store = store;
    this.lines.clear();
    for (const [xid, cursor] of await store.loadCursors()) this.lines.set(xid, new Line(cursor));
  }

  close(): void {
    this.handleOffline();
    this.store = null;
    this.lines.clear();
  }

  handleOffline(): void {
    this.epoch += 1;
    this.hasUnreadAnswer = false;
    this.acks.reset();
    for (const line of this.lines.values()) {
      clearTimeout(line.timer);
      line.isReady = false;
      line.isPulling = false;
      line.mustPullAgain = false;
    }
  }

  handleUnread(frame: UnreadFrame): void {
    const isFirst = !this.hasUnreadAnswer;
    this.hasUnreadAnswer = true;
    const pending = frame.conversations.filter((entry) => entry.n > 0);
    for (const { xid } of pending) this.pull(xid);
    if (!isFirst) return;
    for (const [xid, line] of this.lines) {
      if (line.isPulling) continue;
      line.isReady = true;
      this.settle(xid, line);
    }
  }

  handleNotice(xid: number): void {
    this.pull(xid);
  }

  handleSync(frame: SyncFrame): void {
    const line = this.line(frame.xid);
    if (line.isPulling && !frame.isEager) this.handlePulled(frame, line);
    else this.handlePushed(frame, line);
  }

  /** An own item was stored by the server in the given conversation. */
  handleSent(xid: number, mid: number, prevMid: number): void {
    const line = this.line(xid);
    line.note(mid, prevMid);
    this.settle(xid, line);
  }

  private handlePushed(frame: SyncFrame, line: Line): void {
    // Only stored items have a place in the conversation; typing, presence and the like have none.
    const stored = frame.items.filter((item) => item.position > 0);
    const epoch = this.epoch;
    const applied = this.port.apply(frame.items, "push");
    this.enqueue(async () => {
      await applied;
      if (epoch !== this.epoch || stored.length === 0) return;
      for (const item of stored) line.note(item.mid, item.prevMid);
      this.settle(frame.xid, line);
    });
  }

  private settle(xid: number, line: Line): void {
    if (!line.isReady || line.isPulling) return;
    const before = line.cursor;
    const hasGap = line.settle();
    if (line.cursor > before) this.advance(xid, line);
    if (!hasGap) return;
    clearTimeout(line.timer);
    if (!this.port.hasInFlight(xid)) return this.pull(xid);
    line.timer = setTimeout(() => {
      if (line.isReady && !line.isPulling && line.settle()) this.pull(xid);
      else this.advance(xid, line);
    }, CROSSING_MS);
  }

  private pull(xid: number): void {
    const line = this.line(xid);
    if (line.isPulling) {
      line.mustPullAgain = true;
      return;
    }
    line.isPulling = true;
    clearTimeout(line.timer);
    const epoch = this.epoch;
    // Behind the items already queued, so that the key confirms nothing that is not stored.
    this.enqueue(async () => {
      if (epoch === this.epoch) this.sendPull(xid, line, line.cursor, line.aheadMids());
    });
  }

  private sendPull(xid: number, line: Line, key: number, ahead?: number[]): void {
    if (ahead) line.aheadAtPull = ahead;
    line.timer = setTimeout(() => this.port.onUnanswered(), PULL_LIMIT_MS);
    this.port.send(encodePull(xid, key));
  }

  private handlePulled(frame: SyncFrame, line: Line): void {
    clearTimeout(line.timer);
    const epoch = this.epoch;
    const applied = this.port.apply(frame.items, "pull");
    this.enqueue(async () => {
      await applied;
      if (epoch !== this.epoch) return;
      const last = Math.max(frame.nextKey, ...frame.items.map((item) => item.mid));
      line.cursor = Math.max(line.cursor, last);
      if (frame.nextKey > 0) {
        await this.store?.putCursor(frame.xid, line.cursor);
        if (epoch === this.epoch) this.sendPull(frame.xid, line, frame.nextKey);
      } else {
        this.finishPull(frame.xid, line);
      }
    });
  }

  private finishPull(xid: number, line: Line): void {
    line.accept(line.aheadAtPull);
    line.aheadAtPull = [];
    line.isPulling = false;
    line.isReady = true;
    if (line.cursor > 0) this.advance(xid, line);
    if (line.mustPullAgain) {
      line.mustPullAgain = false;
      this.pull(xid);
    } else {
      this.settle(xid, line);
    }
  }

  private advance(xid: number, line: Line): void {
    const cursor = line.cursor;
    const epoch = this.epoch;
    this.enqueue(async () => {
      await this.store?.putCursor(xid, cursor);
      if (epoch === this.epoch) this.acks.confirm(xid, cursor);
    });
  }

  private line(xid: number): Line {
    let line = this.lines.get(xid);
    if (!line) {
      line = new Line();
      line.isReady = this.hasUnreadAnswer;
      this.lines.set(xid, line);
    }
    return line;
  }

  private enqueue(task: () => Promise<void>): void {
    this.work = this.work.then(task).catch((error: unknown) => this.port.onError(error));
  }
}
