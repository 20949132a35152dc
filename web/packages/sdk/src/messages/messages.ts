import { bytesToHex } from "@noble/hashes/utils.js";
import type { MessagesApi, SendFileOptions, SendTextOptions } from "../api.js";
import type { SendReplyFrame } from "../codec/frame.js";
import type { MessageItem } from "../codec/item.js";
import type { Context } from "../context.js";
import type { Conversations } from "../conversations/conversations.js";
import { asError } from "../errors.js";
import type { Files } from "../files.js";
import { MessageBody_Type, MessageOperation_OpType as OpType } from "../gen/xsync_pb.js";
import type { OutboxEntry } from "../store/store.js";
import type { ChainReport, Message, MessageStatus } from "../types.js";
import { checkText, composeFile, composeForward, composeText, waitingMessage } from "./compose.js";
import { isListed, toMessage } from "./convert.js";
import { applyEdit, type Edit } from "./edit.js";
import { History } from "./history.js";
import { Outbox } from "./outbox.js";
import { sendOperation } from "./send-operation.js";
import { verifyChain } from "./verify.js";
import { MessageWindow } from "./window.js";

type RemovalCause = "recalled" | "deleted" | "cleared";

export class Messages implements MessagesApi {
  private readonly windows = new Map<number, MessageWindow>();
  private readonly outbox: Outbox;
  private readonly history: History;
  private readonly progressListeners = new Map<string, (fraction: number) => void>();
  private readonly changed = new Set<number>();
  private storedEdits: Promise<void> = Promise.resolve();

  constructor(
    private readonly ctx: Context,
    private readonly conversations: Conversations,
    files: Files,
    /** My name, for the text of a mention's push. */
    private readonly senderName: () => string,
  ) {
    this.history = new History(ctx, (message) => this.withPeerRead(message));
    this.outbox = new Outbox(ctx, files, {
      onSending: (entry) => this.showWaiting(entry, "sending"),
      onWaiting: (entry) => this.showWaiting(entry, "queued"),
      onFailed: (entry) => this.showWaiting(entry, "failed"),
      onProgress: (entry, fraction) => this.handleProgress(entry, fraction),
      onSent: (entry, reply) => this.handleSent(entry, reply),
    });
  }

  list(xid: number): Message[] {
    return this.window(xid).list();
  }

  find(xid: number, mid: number): Message | undefined {
    return this.window(xid).find(mid);
  }

  async loadOlder(xid: number, n = 30): Promise<{ hasMore: boolean }> {
    const window = this.window(xid);
    try {
      await this.history.loadOlder(xid, window, n, () => this.announce(xid));
    } catch (thrown) {
      // What the cache had is shown; the rest follows after the reconnect.
      if (asError(thrown).reason !== "offline") throw thrown;
    }
    this.announce(xid);
    return { hasMore: window.hasMore };
  }

  async sendText(xid: number, text: string, options: SendTextOptions = {}): Promise<Message> {
    return this.enqueue(this.outbox.draft(composeText(xid, text, options, this.senderName())));
  }

  async sendLocation(xid: number, place: { latitude: number; longitude: number; address: string }): Promise<Message> {
    return this.enqueue(this.outbox.draft({ xid, kind: "location", text: "", attachment: { url: "", name: "", size: 0, ...place } }));
  }

  async sendFile(xid: number, file: Blob, options: SendFileOptions = {}): Promise<Message> {
    const entry = this.outbox.draft(await composeFile(xid, file, options));
    if (options.onProgress) this.progressListeners.set(entry.localId, options.onProgress);
    return this.enqueue(entry);
  }

  async forward(message: Message, xid: number): Promise<Message> {
    return this.enqueue(this.outbox.draft(composeForward(message, xid)));
  }

  async retry(localId: string): Promise<void> {
    const entry = await this.outbox.retry(localId);
    if (entry && !this.ctx.isOnline()) this.showWaiting(entry, "queued");
  }

  async discard(localId: string): Promise<void> {
    await this.outbox.discard(localId);
    this.progressListeners.delete(localId);
    for (const [xid, window] of this.windows) {
      const dropped = window.dropWaiting(localId);
      if (dropped) this.announceRemoval(xid, dropped, "deleted");
    }
  }

  async recall(xid: number, mid: number): Promise<void> {
    await sendOperation(this.ctx, { to: xid, type: OpType.RECALL, mid, xid });
    await this.removeMessage(xid, mid, "recalled", this.ctx.self());
  }

  async deleteForMe(xid: number, mid: number): Promise<void> {
    await sendOperation(this.ctx, { to: this.ctx.self(), type: OpType.DELETE, mid, xid });
    await this.removeMessage(xid, mid, "deleted");
  }

  async edit(xid: number, mid: number, text: string): Promise<void> {
    checkText(text);
    const reply = await sendOperation(this.ctx, { to: xid, type: OpType.REPLACE, mid, xid, content: text });
    const at = reply.editTimestamp || reply.serverTime || Date.now();
    await this.applyEdit(xid, mid, { mid: reply.serverMid, at, isAppend: false, content: text, config: "", ext: "" });
  }

  verifyChain(xid: number): Promise<ChainReport> {
    return verifyChain(this.ctx, xid, this.window(xid).sentMessages());
  }

  /** Takes a message that was pushed or pulled. Ends when it is stored. */
  async handleMessage(item: MessageItem): Promise<void> {
    const message = this.withPeerRead(toMessage(item, this.ctx.self()));
    if (!isListed(message)) return this.ctx.events.emit("message", message);
    const window = this.window(message.xid);
    const known = window.find(message.mid);
    const isOlder = known !== undefined && (known.editedAt ?? 0) > (message.editedAt ?? 0);
    if (isOlder) return;
    const shown = window.put(message);
    this.conversations.handleMessage(shown, item.body.type === MessageBody_Type.GROUPCHAT, !known && shown.status !== "read");
    if (!known) this.ctx.events.emit("message", shown);
    this.announce(message.xid);
    await this.ctx.store().putMessages([shown]);
  }

  handleEdit(xid: number, mid: number, edit: Edit): Promise<void> {
    return this.applyEdit(xid, mid, edit);
  }

  async removeMessage(xid: number, mid: number, cause: RemovalCause, by?: number): Promise<void> {
    const window = this.window(xid);
    const removed = window.remove(mid) ?? (await this.ctx.store().findMessage(xid, mid));
    this.conversations.handleRemoved(xid, mid, window.newest);
    this.announceRemoval(xid, removed ?? { mid, localId: `m${mid}` }, cause, by);
    await this.ctx.store().deleteMessages(xid, [mid]);
  }

  /** The peer has read (or got) all own messages up to `mid`. */
  async handlePeerMark(xid: number, mid: number, status: "delivered" | "read"): Promise<void> {
    if (status === "read") this.conversations.handlePeerRead(xid, mid);
    const window = this.window(xid);
    const reached = window.sentMessages().filter((message) => message.isMine && message.mid <= mid && isBelow(message.status, status));
    const marked = reached.map((message) => window.put({ ...message, status }));
    for (const message of marked) this.announceStatus(message);
    if (marked.length > 0) this.announce(xid);
    await this.ctx.store().putMessages(marked);
  }

  /** The conversation was cleared or left. */
  handleCleared(xid: number): void {
    this.windows.get(xid)?.clear();
    const work = [this.ctx.store().clearMessages(xid), this.outbox.discardAll(xid)];
    for (const task of work) task.catch((error: unknown) => this.ctx.handleError(error));
    for (const message of this.window(xid).list()) this.window(xid).dropWaiting(message.localId);
    this.ctx.events.emit("message-removed", { xid, mid: 0, localId: "", cause: "cleared" });
    this.announce(xid);
  }

  handleOnline(): void {
    this.outbox.handleOnline();
    for (const [xid, window] of this.windows) {
      if (window.isCached && !window.isOpen) this.loadOlder(xid).catch((error: unknown) => this.ctx.handleError(error));
    }
  }

  hasInFlight(xid: number): boolean {
    return this.outbox.hasInFlight(xid);
  }

  async restore(): Promise<void> {
    for (const entry of await this.outbox.restore()) this.showWaiting(entry, entry.error ? "failed" : "queued");
  }

  clear(): void {
    this.outbox.clear();
    this.progressListeners.clear();
    this.windows.clear();
  }

  private async enqueue(entry: OutboxEntry): Promise<Message> {
    const message = this.showWaiting(entry, "queued");
    this.ctx.events.emit("message", message);
    await this.outbox.add(entry);
    return this.window(entry.xid).findLocal(entry.localId) ?? message;
  }

  private showWaiting(entry: OutboxEntry, status: MessageStatus): Message {
    const message = waitingMessage(entry, status, this.ctx.self());
    this.window(entry.xid).putWaiting(message);
    this.conversations.handleMessage(message, entry.isGroup, false);
    this.announceStatus(message);
    this.announce(entry.xid);
    return message;
  }

  private handleProgress(entry: OutboxEntry, progress: number): void {
    const known = this.window(entry.xid).findLocal(entry.localId);
    if (!known || known.mid !== 0) return;
    const message = { ...known, progress };
    this.window(entry.xid).putWaiting(message);
    this.progressListeners.get(entry.localId)?.(progress);
    this.ctx.events.emit("message-changed", message);
    this.announce(entry.xid);
  }

  private async handleSent(entry: OutboxEntry, reply: SendReplyFrame): Promise<void> {
    this.progressListeners.delete(entry.localId);
    const message = this.withPeerRead({
      ...waitingMessage(entry, "sent", this.ctx.self()),
      mid: reply.serverMid,
      timestamp: reply.serverTime || entry.createdAt,
      ...(reply.position > 0 ? { position: reply.position } : {}),
      ...(reply.link.length > 0 ? { link: bytesToHex(reply.link) } : {}),
    });
    this.window(entry.xid).acknowledge(message);
    this.conversations.handleMessage(message, entry.isGroup, false);
    this.announceStatus(message);
    this.announce(entry.xid);
    // Before it is stored: the next push already names it, and until then the outbox still holds it.
    if (reply.position > 0) this.ctx.noteSent(entry.xid, reply.serverMid, reply.prevMid);
    await this.ctx.store().putMessages([message]);
  }

  private applyEdit(xid: number, mid: number, edit: Edit): Promise<void> {
    const loaded = this.window(xid).find(mid);
    if (loaded) return this.replace(loaded, applyEdit(loaded, edit));
    // Edits of one message read and write it in turn, so that none is lost.
    const task = this.storedEdits.then(async () => {
      const stored = await this.ctx.store().findMessage(xid, mid);
      if (stored) await this.replace(stored, applyEdit(stored, edit));
    });
    this.storedEdits = task.catch(() => undefined);
    return task;
  }

  private async replace(known: Message, edited: Message): Promise<void> {
    if (edited === known) return;
    const window = this.window(edited.xid);
    const shown = window.find(edited.mid) ? window.put(edited) : edited;
    this.conversations.handleChanged(shown);
    this.ctx.events.emit("message-changed", shown);
    this.announce(edited.xid);
    await this.ctx.store().putMessages([shown]);
  }

  private withPeerRead(message: Message): Message {
    const peerReadMid = this.conversations.find(message.xid)?.peerReadMid ?? 0;
    return message.isMine && message.mid > 0 && message.mid <= peerReadMid ? { ...message, status: "read" } : message;
  }

  private window(xid: number): MessageWindow {
    let window = this.windows.get(xid);
    if (!window) {
      window = new MessageWindow();
      this.windows.set(xid, window);
    }
    return window;
  }

  /** One `messages` event per conversation for all changes of this turn. */
  private announce(xid: number): void {
    if (this.changed.size === 0) queueMicrotask(() => this.flushChanged());
    this.changed.add(xid);
  }

  private flushChanged(): void {
    const xids = [...this.changed];
    this.changed.clear();
    for (const xid of xids) this.ctx.events.emit("messages", { xid });
  }

  private announceStatus(message: Message): void {
    const { xid, localId, mid, status, error } = message;
    this.conversations.handleChanged(message);
    this.ctx.events.emit("message-status", { xid, localId, mid, status, ...(error ? { error } : {}) });
  }

  private announceRemoval(xid: number, removed: { mid: number; localId: string }, cause: RemovalCause, by?: number): void {
    this.ctx.events.emit("message-removed", { xid, mid: removed.mid, localId: removed.localId, cause, ...(by === undefined ? {} : { by }) });
    this.announce(xid);
  }
}

const ranks: Record<MessageStatus, number> = { failed: 0, queued: 0, sending: 0, sent: 1, delivered: 2, read: 3 };

function isBelow(status: MessageStatus, other: MessageStatus): boolean {
  return ranks[status] > 0 && ranks[status] < ranks[other];
}
