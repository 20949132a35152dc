import { asError } from "../errors.js";
import type { Context } from "../context.js";
import { MessageOperation_OpType as OpType } from "../gen/xsync_pb.js";
import { sendOperation } from "./send-operation.js";

const BATCH_MS = 500;

/** Tells peers that their messages have arrived here: one DELIVER_ACK for all of a moment, none for what is read already. */
export class DeliveryMarks {
  private readonly waiting = new Map<number, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ctx: Context,
    private readonly readMid: (xid: number) => number,
  ) {}

  /** A message of the peer `xid` is stored here. */
  note(xid: number, mid: number): void {
    this.waiting.set(xid, Math.max(mid, this.waiting.get(xid) ?? 0));
    this.timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  handleOnline(): void {
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
  }

  private flush(): void {
    this.timer = undefined;
    if (!this.ctx.isOnline()) return;
    for (const [xid, mid] of [...this.waiting]) {
      this.waiting.delete(xid);
      if (mid > this.readMid(xid)) this.send(xid, mid).catch((error: unknown) => this.ctx.handleError(error));
    }
  }

  private async send(xid: number, mid: number): Promise<void> {
    try {
      await sendOperation(this.ctx, { to: xid, type: OpType.DELIVER_ACK, mid });
    } catch (thrown) {
      const { reason } = asError(thrown);
      // Someone who blocked me or left need not know what has arrived.
      if (reason === "offline" || reason === "timeout") this.waiting.set(xid, Math.max(mid, this.waiting.get(xid) ?? 0));
    }
  }
}
