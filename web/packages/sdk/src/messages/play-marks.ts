import { asError } from "../errors.js";
import type { Context } from "../context.js";
import { MessageOperation_OpType as OpType } from "../gen/xsync_pb.js";
import { sendOperation } from "./send-operation.js";

const SAVED = "play-marks";

/** A voice message that I have played, and whose author is to know. */
interface PlayMark {
  author: number;
  mid: number;
  /** Set for groups. */
  xid?: number;
}

/** Tells authors that their voice messages were played. Marks made while offline wait for the connection, also over a reload. */
export class PlayMarks {
  private readonly waiting = new Map<number, PlayMark>();
  private running: Promise<void> | null = null;

  constructor(private readonly ctx: Context) {}

  async note(mark: PlayMark): Promise<void> {
    this.waiting.set(mark.mid, mark);
    await this.save();
    await this.flush();
  }

  async restore(): Promise<void> {
    for (const mark of (await this.ctx.store().getValue<PlayMark[]>(SAVED)) ?? []) this.waiting.set(mark.mid, mark);
  }

  handleOnline(): void {
    this.flush().catch((error: unknown) => this.ctx.handleError(error));
  }

  clear(): void {
    this.waiting.clear();
    this.running = null;
  }

  /** One round at a time; what is noted meanwhile belongs to it. */
  private flush(): Promise<void> {
    if (this.running) return this.running;
    const round = this.sendAll().finally(() => this.running === round && (this.running = null));
    this.running = round;
    return round;
  }

  private async sendAll(): Promise<void> {
    for (const mark of this.waiting.values()) {
      if (!this.ctx.isOnline() || !(await this.send(mark))) return;
      if (this.waiting.get(mark.mid) !== mark) return;
      this.waiting.delete(mark.mid);
      await this.save();
    }
  }

  /** False when the mark is worth another try. That its author blocked me or left makes no difference to having heard it. */
  private async send({ author, mid, xid }: PlayMark): Promise<boolean> {
    try {
      await sendOperation(this.ctx, { to: author, type: OpType.PLAY_ACK, mid, ...(xid === undefined ? {} : { xid }) });
      return true;
    } catch (thrown) {
      return !["offline", "timeout", "token-invalid"].includes(asError(thrown).reason);
    }
  }

  private save(): Promise<void> {
    return this.ctx.store().putValue(SAVED, [...this.waiting.values()]);
  }
}
