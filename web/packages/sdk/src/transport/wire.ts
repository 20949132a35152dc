import type { MessageInitShape } from "@bufbuild/protobuf";
import { encodeHistory, encodeSend, type SendReplyFrame, type SyncFrame } from "../codec/frame.js";
import { CeruleanError, errorOfStatus } from "../errors.js";
import { Status_ErrorCode as StatusCode, type MetaSchema } from "../gen/xsync_pb.js";

const REPLY_LIMIT_MS = 20_000;

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: CeruleanError): void;
  timer: ReturnType<typeof setTimeout>;
}

export interface WirePort {
  send(frame: Uint8Array): boolean;
  /** A request went unanswered: the connection is probably dead. */
  onUnanswered(): void;
}

export type MetaInit = MessageInitShape<typeof MetaSchema>;

/** Turns frames that belong together into promises: sends and their replies, history requests and their pages. */
export class Wire {
  private readonly replies = new Map<number, Waiter<SendReplyFrame>>();
  private readonly pages = new Map<number, Waiter<SyncFrame>>();
  private readonly pageQueue = new Map<number, Promise<unknown>>();
  private lastClientMid = 0;

  constructor(private readonly port: WirePort) {}

  /** Rises strictly in this browser tab and stays below 2^53. */
  nextClientMid(): number {
    this.lastClientMid = Math.max(this.lastClientMid + 1, Date.now() * 1000);
    return this.lastClientMid;
  }

  /** Sends one item; rejects with `offline` when the connection is or goes away before the reply. */
  send(meta: MetaInit & { id: bigint }): Promise<SendReplyFrame> {
    const clientMid = Number(meta.id);
    return this.ask(this.replies, clientMid, encodeSend(meta)).then((reply) => {
      if (reply.status.code !== StatusCode.OK) throw errorOfStatus(reply.status);
      return reply;
    });
  }

  /** Sends an item that nobody stores; its reply is not awaited. */
  sendTransient(meta: MetaInit): boolean {
    return this.port.send(encodeSend(meta));
  }

  /** One page of items older than `before` (0: the newest), newest first. Pages of one conversation queue up. */
  history(xid: number, before: number, count: number): Promise<SyncFrame> {
    const ask = () => this.ask(this.pages, xid, encodeHistory(xid, before, count)).then((page) => {
      if (page.status.code !== StatusCode.OK) throw errorOfStatus(page.status);
      return page;
    });
    const queued = (this.pageQueue.get(xid) ?? Promise.resolve()).then(ask, ask);
    this.pageQueue.set(xid, queued.catch(() => undefined));
    return queued;
  }

  handleReply(frame: SendReplyFrame): void {
    take(this.replies, frame.clientMid)?.resolve(frame);
  }

  handleHistory(frame: SyncFrame): void {
    take(this.pages, frame.xid)?.resolve(frame);
  }

  handleOffline(): void {
    for (const waiters of [this.replies, this.pages] as Map<number, Waiter<never>>[]) {
      for (const key of [...waiters.keys()]) take(waiters, key)?.reject(offline());
    }
  }

  private ask<T>(waiters: Map<number, Waiter<T>>, key: number, frame: Uint8Array): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        take(waiters, key)?.reject(new CeruleanError(0, "timeout", "the server did not answer in time"));
        this.port.onUnanswered();
      }, REPLY_LIMIT_MS);
      waiters.set(key, { resolve, reject, timer });
      if (!this.port.send(frame)) take(waiters, key)?.reject(offline());
    });
  }
}

function take<T>(waiters: Map<number, Waiter<T>>, key: number): Waiter<T> | undefined {
  const waiter = waiters.get(key);
  if (waiter) {
    waiters.delete(key);
    clearTimeout(waiter.timer);
  }
  return waiter;
}

function offline(): CeruleanError {
  return new CeruleanError(0, "offline", "not connected");
}

