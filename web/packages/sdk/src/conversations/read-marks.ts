import { asError } from "../errors.js";
import type { Context } from "../context.js";
import { MessageOperation_OpType as OpType } from "../gen/xsync_pb.js";
import { parseObject } from "../messages/convert.js";
import { sendOperation } from "../messages/send-operation.js";
import type { Message } from "../types.js";

const SAVED = "read-marks";

/** Older clients name on a group message who shall tell its author that he has read it. */
export function asksReader(config: string | undefined, self: number): boolean {
  const readers: unknown = config ? parseObject(config)["groupMemberList"] : undefined;
  return Array.isArray(readers) && readers.includes(self);
}

/** Tells the server how far I have read. Marks made while offline are sent after the reconnect, also over a reload, newest only. */
export class ReadMarks {
  private readonly waiting = new Map<number, number>();
  private readonly running = new Set<number>();
  /** Messages of groups whose authors wait for an answer of their own, by id. */
  private readonly asked = new Map<number, Message>();

  constructor(private readonly ctx: Context) {}

  has(xid: number): boolean {
    return this.waiting.has(xid);
  }

  /** Once it is read, its author is told. */
  ask(message: Message): void {
    this.asked.set(message.mid, message);
  }

  async mark(xid: number, mid: number): Promise<void> {
    this.waiting.set(xid, Math.max(mid, this.waiting.get(xid) ?? 0));
    this.save();
    await this.flush(xid);
  }

  /** What the last visit could not tell. */
  async restore(): Promise<[number, number][]> {
    const marks = (await this.ctx.store().getValue<[number, number][]>(SAVED)) ?? [];
    for (const [xid, mid] of marks) this.waiting.set(xid, mid);
    return marks;
  }

  /** Sends what waited for the connection. True when there was something. */
  async handleOnline(): Promise<boolean> {
    const xids = [...this.waiting.keys()];
    await Promise.all(xids.map((xid) => this.flush(xid)));
    return xids.length > 0;
  }

  clear(): void {
    this.waiting.clear();
    this.running.clear();
    this.asked.clear();
  }

  private async flush(xid: number): Promise<void> {
    const mid = this.waiting.get(xid);
    if (mid === undefined || this.running.has(xid) || !this.ctx.isOnline()) return;
    this.running.add(xid);
    try {
      await this.send(xid, mid);
      if (this.waiting.get(xid) === mid) this.drop(xid);
    } catch (thrown) {
      const error = asError(thrown);
      if (error.reason === "offline" || error.reason === "timeout") return;
      this.drop(xid);
      throw error;
    } finally {
      this.running.delete(xid);
    }
    if (this.waiting.has(xid)) await this.flush(xid);
  }

  private drop(xid: number): void {
    this.waiting.delete(xid);
    this.save();
  }

  /** In the background: a mark must not wait for the disk. */
  private save(): void {
    this.ctx.store().putValue(SAVED, [...this.waiting]).catch((error: unknown) => this.ctx.handleError(error));
  }

  private async send(xid: number, mid: number): Promise<void> {
    const mark = sendOperation(this.ctx, { to: this.ctx.self(), type: OpType.READ_ALL, mid, xid });
    const hasPeer = xid !== 0 && xid !== this.ctx.self() && !this.ctx.isGroup(xid);
    const told = hasPeer ? sendOperation(this.ctx, { to: xid, type: OpType.READ_ACK, mid }).catch(ignoreRefusal) : undefined;
    const asked = [...this.asked.values()].filter((message) => message.xid === xid && message.mid <= mid);
    const answers = asked.map(({ from, mid: read }) => sendOperation(this.ctx, { to: from, type: OpType.READ_ACK, mid: read }).catch(ignoreRefusal));
    await Promise.all([mark, told, ...answers]);
    for (const message of asked) this.asked.delete(message.mid);
  }
}

/** Someone who blocked me or left need not know what I have read. */
function ignoreRefusal(thrown: unknown): void {
  const { reason } = asError(thrown);
  if (reason === "offline" || reason === "timeout" || reason === "token-invalid") throw thrown;
}
