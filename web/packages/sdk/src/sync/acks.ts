import { encodeAck } from "../codec/frame.js";

const BATCH_MS = 100;

/** Confirms to the server what is stored here; one frame per conversation and batch. */
export class Acks {
  private readonly waiting = new Map<number, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (frame: Uint8Array) => boolean) {}

  confirm(xid: number, key: number): void {
    this.waiting.set(xid, Math.max(key, this.waiting.get(xid) ?? 0));
    this.timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** What could not be sent is confirmed by the next pull after the reconnect. */
  reset(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
  }

  private flush(): void {
    this.timer = undefined;
    for (const [xid, key] of this.waiting) this.send(encodeAck(xid, key));
    this.waiting.clear();
  }
}
