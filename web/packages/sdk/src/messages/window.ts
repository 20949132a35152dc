import type { Message } from "../types.js";

/** The loaded part of one conversation: acknowledged messages by id, failed ones where they were written, then own ones that wait. */
export class MessageWindow {
  private sent: Message[] = [];
  private waiting: Message[] = [];
  private snapshot: Message[] | null = null;

  /** The newest page has been fetched from the server. */
  isOpen = false;
  /** The newest messages of the local cache have been put in. */
  isCached = false;
  hasMore = true;
  /** Older pages begin below this id; 0 when unknown. */
  olderKey = 0;

  list(): Message[] {
    this.snapshot ??= this.join();
    return this.snapshot;
  }

  sentMessages(): readonly Message[] {
    return this.sent;
  }

  find(mid: number): Message | undefined {
    const message = this.sent[this.indexOf(mid)];
    return message?.mid === mid ? message : undefined;
  }

  findLocal(localId: string): Message | undefined {
    const isIt = (message: Message) => message.localId === localId;
    return this.waiting.find(isIt) ?? this.sent.find(isIt);
  }

  get oldestMid(): number {
    return this.sent[0]?.mid ?? 0;
  }

  /** The newest message that still has its content. */
  get newest(): Message | undefined {
    return this.sent.findLast((message) => message.recalledBy === undefined);
  }

  /** The message that follows an id. */
  after(mid: number): Message | undefined {
    const index = this.indexOf(mid);
    return this.sent[this.sent[index]?.mid === mid ? index + 1 : index];
  }

  /** Whether an id lies in the loaded part, so that nothing is missing around it. */
  covers(mid: number): boolean {
    return this.find(mid) !== undefined || (this.sent.length > 0 && mid > this.oldestMid) || (this.isOpen && !this.hasMore);
  }

  /** Puts an acknowledged message in its place. A known one keeps its local id, which lists use as key. */
  put(message: Message): Message {
    this.snapshot = null;
    const index = this.indexOf(message.mid);
    const known = this.sent[index];
    if (known?.mid !== message.mid) {
      this.sent.splice(index, 0, message);
      return message;
    }
    const merged = { ...message, localId: known.localId, ...(known.localFile ? { localFile: known.localFile } : {}) };
    this.sent[index] = merged;
    return merged;
  }

  putWaiting(message: Message): void {
    this.snapshot = null;
    const index = this.waiting.findIndex((other) => other.localId === message.localId);
    if (index < 0) this.waiting.push(message);
    else this.waiting[index] = message;
  }

  /** The server has taken a waiting message: moves it among the sent, replacing a copy that came another way. */
  acknowledge(message: Message): void {
    this.dropWaiting(message.localId);
    const index = this.indexOf(message.mid);
    const isKnown = this.sent[index]?.mid === message.mid;
    this.sent.splice(index, isKnown ? 1 : 0, message);
  }

  dropWaiting(localId: string): Message | undefined {
    this.snapshot = null;
    const dropped = this.waiting.find((message) => message.localId === localId);
    this.waiting = this.waiting.filter((message) => message.localId !== localId);
    return dropped;
  }

  /** A sent message that went by the local id of another one gets its own. The changed form, to be stored. */
  release(localId: string, mid: number): Message | undefined {
    const index = this.sent.findIndex((message) => message.localId === localId && message.mid !== mid);
    const taken = this.sent[index];
    if (!taken) return undefined;
    this.snapshot = null;
    return (this.sent[index] = { ...taken, localId: `m${taken.mid}` });
  }

  remove(mid: number): Message | undefined {
    const index = this.indexOf(mid);
    if (this.sent[index]?.mid !== mid) return undefined;
    this.snapshot = null;
    return this.sent.splice(index, 1)[0];
  }

  /** Drops everything below an id. */
  trimBelow(mid: number): void {
    this.snapshot = null;
    this.sent = this.sent.filter((message) => message.mid >= mid);
  }

  clear(): void {
    this.snapshot = null;
    this.sent = [];
    this.hasMore = false;
    this.olderKey = 0;
  }

  /** Those that wait, without the ones whose stored form is there already. */
  private waitingAlone(): Message[] {
    if (this.waiting.length === 0) return this.waiting;
    const sent = new Set(this.sent.map((message) => message.localId));
    return this.waiting.filter((message) => message.status !== "failed" && !sent.has(message.localId));
  }

  /** A message that failed stands at its time and not below everything that comes later, so one from before the loaded part is not shown. */
  private join(): Message[] {
    const from = this.hasMore ? (this.sent[0]?.timestamp ?? 0) : 0;
    const failed = this.waiting
      .filter((message) => message.status === "failed" && message.timestamp >= from)
      .sort((a, b) => a.timestamp - b.timestamp);
    const joined: Message[] = [];
    for (const message of this.sent) {
      while (failed[0] && failed[0].timestamp < message.timestamp) joined.push(failed.shift()!);
      joined.push(message);
    }
    return [...joined, ...failed, ...this.waitingAlone()];
  }

  /** Where an id stands or would stand. */
  private indexOf(mid: number): number {
    let low = 0;
    let high = this.sent.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.sent[middle];
      if (at && at.mid < mid) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
