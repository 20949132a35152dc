import { bytesToHex } from "@noble/hashes/utils.js";
import type {
  MessagesApi, RecordOptions, SearchAllOptions, SearchAllProgress, SearchOptions, SearchProgress, SearchQuery, SendFileOptions, SendTextOptions,
} from "../api.js";
import type { SendReplyFrame } from "../codec/frame.js";
import type { MessageItem } from "../codec/item.js";
import type { Context } from "../context.js";
import type { Conversations } from "../conversations/conversations.js";
import { asError } from "../errors.js";
import type { Files } from "../files.js";
import { MessageBody_Type, MessageOperation_OpType as OpType } from "../gen/xsync_pb.js";
import type { OutboxEntry } from "../store/store.js";
import type { ChainReport, Message, MessageStatus } from "../types.js";
import { checkText, composeFile, composeForward, composeText, waitingMessage, withStored } from "./compose.js";
import { conversationOf, isListed, toMessage } from "./convert.js";
import { editOf, type Edit } from "./edit.js";
import { Board } from "./board.js";
import { DeliveryMarks } from "./delivery-marks.js";
import { Edits } from "./edits.js";
import { History } from "./history.js";
import { composeRecord } from "./merged.js";
import { Outbox } from "./outbox.js";
import { PeerMarks } from "./peer-marks.js";
import { PlayMarks } from "./play-marks.js";
import { Readers, type ReadCount, type ReaderPage } from "./readers.js";
import { Removals, type Recall } from "./removals.js";
import { searchMessages } from "./search.js";
import { searchAll } from "./search-all.js";
import { sendOperation } from "./send-operation.js";
import { verifyChain } from "./verify.js";

const IDLE_PAGES = 5;
const JUMP_PAGE = 100;

export class Messages implements MessagesApi {
  readonly peerMarks: PeerMarks;
  private readonly board: Board;
  private readonly edits: Edits;
  private readonly removals: Removals;
  private readonly deliveryMarks: DeliveryMarks;
  private readonly playMarks: PlayMarks;
  private readonly outbox: Outbox;
  private readonly history: History;
  private readonly readersOf: Readers;
  private readonly progressListeners = new Map<string, (fraction: number) => void>();

  constructor(
    private readonly ctx: Context,
    private readonly conversations: Conversations,
    files: Files,
    /** My name, for the text of a mention's push. */
    private readonly senderName: () => string,
  ) {
    this.readersOf = new Readers(ctx);
    this.board = new Board(ctx, conversations);
    this.edits = new Edits(this.board);
    this.removals = new Removals(ctx, conversations, this.board);
    this.peerMarks = new PeerMarks(ctx, conversations, this.board);
    this.deliveryMarks = new DeliveryMarks(ctx, (xid) => conversations.find(xid)?.readMid ?? 0);
    this.playMarks = new PlayMarks(ctx);
    this.history = new History(ctx, {
      read: (item, xid) => this.read(item, xid),
      finish: (message) => this.peerMarks.withMarks(message),
    });
    this.outbox = new Outbox(ctx, files, {
      headOf: (xid) => conversations.find(xid)?.headMid ?? 0,
      onSending: (entry) => this.showWaiting(entry, "sending"),
      onWaiting: (entry) => this.showWaiting(entry, "queued"),
      onFailed: (entry) => this.showWaiting(entry, "failed"),
      onProgress: (entry, fraction) => this.handleProgress(entry, fraction),
      onSent: (entry, reply) => this.handleSent(entry, reply),
    });
  }

  list(xid: number): Message[] {
    return this.board.window(xid).list();
  }

  find(xid: number, mid: number): Message | undefined {
    return this.board.window(xid).find(mid);
  }

  async loadOlder(xid: number, n = 30): Promise<{ hasMore: boolean }> {
    const window = this.board.window(xid);
    try {
      await this.history.loadOlder(xid, window, n, () => this.board.announce(xid));
    } catch (thrown) {
      // What the cache had is shown; the rest follows after the reconnect.
      if (asError(thrown).reason !== "offline") throw thrown;
    }
    this.board.announce(xid);
    return { hasMore: window.hasMore };
  }

  async loadTo(xid: number, mid: number, options: { signal?: AbortSignal } = {}): Promise<boolean> {
    const window = this.board.window(xid);
    // What was pulled or pushed meanwhile may be older than the next pages, so some bring nothing older; too many of them end the way.
    let idle = 0;
    while (!window.find(mid) && !options.signal?.aborted && (window.oldestMid === 0 || window.oldestMid > mid) && idle < IDLE_PAGES) {
      const before = window.oldestMid;
      const { hasMore } = await this.loadOlder(xid, JUMP_PAGE);
      idle = window.oldestMid === before ? idle + 1 : 0;
      if (!hasMore && idle > 0) break;
    }
    return window.find(mid) !== undefined;
  }

  search(xid: number, query: SearchQuery, options: SearchOptions = {}): Promise<SearchProgress> {
    return searchMessages(this.ctx, this.history, xid, query, options);
  }

  searchAll(query: SearchQuery, options: SearchAllOptions = {}): Promise<SearchAllProgress> {
    const xids = [...this.conversations.list()].sort((a, b) => b.updatedAt - a.updatedAt).map(({ xid }) => xid);
    return searchAll(this.ctx, this.history, xids, query, options);
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

  async forwardMerged(messages: readonly Message[], xid: number, options: RecordOptions): Promise<Message> {
    return this.enqueue(this.outbox.draft({ xid, kind: "text", ...composeRecord(messages, options) }));
  }

  waitingCount(): number {
    return this.outbox.waitingCount();
  }

  async retry(localId: string): Promise<void> {
    const entry = await this.outbox.retry(localId);
    if (entry && !this.ctx.isOnline()) this.showWaiting(entry, "queued");
  }

  async discard(localId: string): Promise<void> {
    await this.outbox.discard(localId);
    this.progressListeners.delete(localId);
    for (const [xid, window] of this.board.entries()) {
      const dropped = window.dropWaiting(localId);
      if (!dropped) continue;
      if (this.conversations.find(xid)?.last?.timestamp === dropped.timestamp) this.conversations.handleRemoved(xid, 0, window.newest);
      this.board.announceRemoval(xid, dropped, "deleted");
    }
  }

  async recall(xid: number, mid: number): Promise<void> {
    await sendOperation(this.ctx, { to: xid, type: OpType.RECALL, mid, xid });
    await this.removals.recall(xid, { mid, by: this.ctx.self(), at: Date.now() });
  }

  async deleteForMe(xid: number, mid: number): Promise<void> {
    await sendOperation(this.ctx, { to: this.ctx.self(), type: OpType.DELETE, mid, xid });
    await this.removals.delete(xid, mid);
  }

  async edit(xid: number, mid: number, text: string): Promise<void> {
    checkText(text);
    const reply = await sendOperation(this.ctx, { to: xid, type: OpType.REPLACE, mid, xid, content: text });
    await this.edits.apply(xid, mid, editOf(reply, { isAppend: false, content: text, config: "", ext: "" }));
  }

  async append(xid: number, mid: number, text: string, options: { isStreaming?: boolean } = {}): Promise<void> {
    const ext = options.isStreaming === undefined ? "" : JSON.stringify({ streaming: options.isStreaming });
    const reply = await sendOperation(this.ctx, { to: xid, type: OpType.APPEND, mid, xid, content: text, ext });
    await this.edits.apply(xid, mid, editOf(reply, { isAppend: true, content: text, config: "", ext }));
  }

  async markPlayed(xid: number, mid: number): Promise<void> {
    const message = await this.board.find(xid, mid);
    if (!message || message.isMine || message.isPlayed) return;
    await this.board.replace({ ...message, isPlayed: true });
    await this.playMarks.note({ author: message.from, mid, ...(this.ctx.isGroup(xid) ? { xid } : {}) });
  }

  readCounts(groupId: number, mids: readonly number[]): Promise<ReadCount[]> {
    return this.readersOf.count(groupId, mids);
  }

  readers(groupId: number, mid: number, cursor?: string): Promise<ReaderPage> {
    return this.readersOf.list(groupId, mid, cursor);
  }

  verifyChain(xid: number): Promise<ChainReport> {
    return verifyChain(this.ctx, xid, this.board.window(xid).sentMessages());
  }

  /** Takes a message that was pushed or pulled. Ends when it is stored. */
  async handleMessage(item: MessageItem): Promise<void> {
    const message = this.read(item, conversationOf(item, this.ctx.self()));
    if (!isListed(message)) return this.ctx.events.emit("message", message);
    const window = this.board.window(message.xid);
    const known = window.find(message.mid);
    const isOlder = known !== undefined && ((known.editedAt ?? 0) > (message.editedAt ?? 0) || known.recalledBy !== undefined);
    if (isOlder) return;
    const shown = window.put(message);
    const isGroup = item.body.type === MessageBody_Type.GROUPCHAT;
    const isUnread = shown.status !== "read";
    // A page of history may have brought it before; whether it was counted, the conversation knows.
    this.conversations.handleMessage(shown, isGroup, isUnread);
    if (!known && isUnread && !isGroup && !shown.isMine && !shown.isSystem) this.deliveryMarks.note(shown.xid, shown.mid);
    if (!known) this.ctx.events.emit("message", shown);
    this.board.announce(message.xid);
    await this.ctx.store().putMessages([shown]);
  }

  handleEdit(xid: number, mid: number, edit: Edit): Promise<void> {
    return this.edits.apply(xid, mid, edit);
  }

  handleRecall(xid: number, recall: Recall): Promise<void> {
    return this.removals.recall(xid, recall);
  }

  handleDelete(xid: number, mid: number): Promise<void> {
    return this.removals.delete(xid, mid);
  }

  /** The conversation was cleared or left. */
  handleCleared(xid: number): void {
    this.board.window(xid).clear();
    const work = [this.ctx.store().clearMessages(xid), this.outbox.discardAll(xid)];
    for (const task of work) task.catch((error: unknown) => this.ctx.handleError(error));
    for (const message of this.board.window(xid).list()) this.board.window(xid).dropWaiting(message.localId);
    this.ctx.events.emit("message-removed", { xid, mid: 0, localId: "", cause: "cleared" });
    this.board.announce(xid);
  }

  handleOnline(): void {
    this.outbox.handleOnline();
    this.deliveryMarks.handleOnline();
    this.playMarks.handleOnline();
    for (const [xid, window] of this.board.entries()) {
      if (window.isCached && !window.isOpen) this.loadOlder(xid).catch((error: unknown) => this.ctx.handleError(error));
    }
  }

  hasInFlight(xid: number): boolean {
    return this.outbox.hasInFlight(xid);
  }

  async restore(): Promise<void> {
    for (const entry of await this.outbox.restore()) this.showWaiting(entry, entry.error ? "failed" : "queued");
    await this.playMarks.restore();
  }

  clear(): void {
    this.outbox.clear();
    this.progressListeners.clear();
    this.deliveryMarks.clear();
    this.playMarks.clear();
    this.board.clear();
  }

  /** The server's form of a message; of an own one that still waits for its answer, under the local id it waits by. */
  private read(item: MessageItem, xid: number): Message {
    const message = { ...toMessage(item, this.ctx.self()), xid };
    const waiting = this.board.window(xid).find(item.mid) ? undefined : this.outbox.copyOf(item, xid);
    return this.peerMarks.withMarks(waiting ? { ...message, localId: waiting } : message);
  }

  private async enqueue(entry: OutboxEntry): Promise<Message> {
    const message = this.showWaiting(entry, "queued");
    this.ctx.events.emit("message", message);
    await this.outbox.add(entry);
    return this.board.window(entry.xid).findLocal(entry.localId) ?? message;
  }

  private showWaiting(entry: OutboxEntry, status: MessageStatus): Message {
    const message = waitingMessage(entry, status, this.ctx.self());
    // What failed is not among the sent, whatever looked like it.
    if (status === "failed") this.release(entry, 0);
    this.board.window(entry.xid).putWaiting(message);
    this.conversations.handleMessage(message, entry.isGroup, false);
    this.board.announceStatus(message);
    this.board.announce(entry.xid);
    return message;
  }

  /** Another message was taken for the one that waited, because both say the same. */
  private release(entry: OutboxEntry, mid: number): void {
    const taken = this.board.window(entry.xid).release(entry.localId, mid);
    if (taken) this.ctx.store().putMessages([taken]).catch((error: unknown) => this.ctx.handleError(error));
  }

  private handleProgress(entry: OutboxEntry, progress: number): void {
    const known = this.board.window(entry.xid).findLocal(entry.localId);
    if (!known || known.mid !== 0) return;
    const message = { ...known, progress };
    this.board.window(entry.xid).putWaiting(message);
    this.progressListeners.get(entry.localId)?.(progress);
    this.ctx.events.emit("message-changed", message);
    this.board.announce(entry.xid);
  }

  private async handleSent(entry: OutboxEntry, reply: SendReplyFrame): Promise<void> {
    this.progressListeners.delete(entry.localId);
    const message = this.peerMarks.withMarks({
      ...withStored(waitingMessage(entry, "sent", this.ctx.self()), reply.body),
      mid: reply.serverMid,
      timestamp: reply.serverTime || entry.createdAt,
      ...(reply.position > 0 ? { position: reply.position } : {}),
      ...(reply.link.length > 0 ? { link: bytesToHex(reply.link) } : {}),
    });
    this.release(entry, message.mid);
    this.board.window(entry.xid).acknowledge(message);
    this.conversations.handleMessage(message, entry.isGroup, false);
    this.board.announceStatus(message);
    this.board.announce(entry.xid);
    // Before it is stored: the next push already names it, and until then the outbox still holds it.
    if (reply.position > 0) this.ctx.noteSent(entry.xid, reply.serverMid, reply.prevMid);
    await this.ctx.store().putSent(message);
  }
}
