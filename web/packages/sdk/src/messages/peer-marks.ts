import type { Context } from "../context.js";
import type { Conversations } from "../conversations/conversations.js";
import type { Message, MessageStatus } from "../types.js";
import type { Board } from "./board.js";

/** What others tell about my messages: delivered, read, played. */
export class PeerMarks {
  constructor(
    private readonly ctx: Context,
    private readonly conversations: Conversations,
    private readonly board: Board,
  ) {}

  /** The peer has read (or got) all own messages up to `mid`. */
  async handle(xid: number, mid: number, status: "delivered" | "read"): Promise<void> {
    // A mark for a message of a group goes to its author too and says nothing about the pair.
    if (!(await this.isOfPair(xid, mid))) return;
    this.conversations.handlePeerMark(xid, mid, status);
    const window = this.board.window(xid);
    const reached = window.sentMessages().filter((message) => message.isMine && message.mid <= mid && isBelow(message.status, status));
    const marked = reached.map((message) => window.put({ ...message, status }));
    for (const message of marked) this.board.announceStatus(message);
    if (marked.length > 0) this.board.announce(xid);
    await this.ctx.store().putMessages(marked);
  }

  /** Somebody played a voice message of mine. */
  async handlePlayed(xid: number, mid: number): Promise<void> {
    const message = await this.board.find(xid, mid);
    if (message?.isMine && !message.isPlayed) await this.board.replace({ ...message, isPlayed: true });
  }

  /** The status that the marks known so far give a message. */
  withMarks(message: Message): Message {
    if (!message.isMine || message.mid === 0) return message;
    const known = this.conversations.find(message.xid);
    if (message.mid <= (known?.peerReadMid ?? 0)) return { ...message, status: "read" };
    const isDelivered = message.mid <= (known?.peerDeliveredMid ?? 0) && isBelow(message.status, "delivered");
    return isDelivered ? { ...message, status: "delivered" } : message;
  }

  private async isOfPair(xid: number, mid: number): Promise<boolean> {
    if (await this.board.find(xid, mid)) return true;
    const isOfGroup = this.board.entries().some(([other, window]) => this.ctx.isGroup(other) && window.find(mid) !== undefined);
    // Where the messages around it are loaded and it is not among them, it belongs elsewhere.
    return !isOfGroup && !this.board.window(xid).covers(mid);
  }
}

const ranks: Record<MessageStatus, number> = { failed: 0, queued: 0, sending: 0, sent: 1, delivered: 2, read: 3 };

function isBelow(status: MessageStatus, other: MessageStatus): boolean {
  return ranks[status] > 0 && ranks[status] < ranks[other];
}
