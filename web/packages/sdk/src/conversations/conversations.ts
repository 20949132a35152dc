import type { ConversationsApi } from "../api.js";
import type { ConversationItem, MessageItem } from "../codec/item.js";
import type { Context } from "../context.js";
import { ConversationOperation_OpType as OpType } from "../gen/xsync_pb.js";
import { conversationOf, parseObject } from "../messages/convert.js";
import type { Conversation, ConversationKind, Message } from "../types.js";
import { ConversationList, emptyConversation } from "./list.js";
import { isNewest, isReadFurther, lastOf, mergeConversation, UNREAD_LIMIT, type ServerConversation } from "./merge.js";
import { asksReader, ReadMarks } from "./read-marks.js";
import { Typing } from "./typing.js";

const PAGE = 100;
const SAVE_DELAY_MS = 500;
const SAVED = "conversations";

/** What operations that I did on another device change here. */
const changes: Partial<Record<OpType, Partial<Conversation>>> = {
  [OpType.PIN]: { isPinned: true },
  [OpType.UNPIN]: { isPinned: false },
  [OpType.MUTE]: { isMuted: true },
  [OpType.UNMUTE]: { isMuted: false },
};

export interface ConversationHooks {
  /** Name and avatar as far as they are known. */
  describe(xid: number, kind: ConversationKind): { name: string; avatar: string };
  /** Names that `describe` will need. */
  ensureKnown(userIds: number[], groupIds: number[]): void;
  /** The messages of a conversation are gone. */
  onCleared(xid: number): void;
}

export class Conversations implements ConversationsApi {
  isStale = true;
  private readonly all = new ConversationList();
  /** Opened here without any message yet; the server does not know them. */
  private readonly opened = new Set<number>();
  private readonly incoming = new Map<number, number>();
  /** Messages that were counted as unread as they came, by conversation. */
  private readonly counted = new Map<number, Set<number>>();
  /** Their counts were made before the server knew of a mark made here. */
  private readonly outdated = new Set<number>();
  private readonly readMarks: ReadMarks;
  private readonly typing: Typing;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private changedTimer: Promise<void> | null = null;

  constructor(
    private readonly ctx: Context,
    private readonly hooks: ConversationHooks,
  ) {
    this.readMarks = new ReadMarks(ctx);
    this.typing = new Typing(ctx, (xid, userId, isTyping) => this.showTyping(xid, userId, isTyping));
  }

  list(): Conversation[] {
    return this.all.list();
  }

  find(xid: number): Conversation | undefined {
    return this.all.find(xid);
  }

  totalUnread(): number {
    return this.list().reduce((sum, conversation) => sum + (conversation.isMuted ? 0 : conversation.unread), 0);
  }

  open(xid: number): Conversation {
    const known = this.all.find(xid);
    if (known) return known;
    this.opened.add(xid);
    return this.update(this.blank(xid, this.ctx.isGroup(xid)));
  }

  async load(): Promise<void> {
    try {
      await this.fetchAll();
      // A mark that is still on its way has the list fetched when it arrives.
      const isOutdated = [...this.outdated].some((xid) => !this.readMarks.has(xid));
      if (isOutdated) await this.fetchAll();
      this.isStale = false;
    } catch (error) {
      // Nothing better will come on this connection.
      if (this.ctx.isOnline()) this.isStale = false;
      throw error;
    } finally {
      this.announce();
    }
  }

  private async fetchAll(): Promise<void> {
    const before = this.list();
    const seen = new Set<number>();
    let cursor: string | undefined;
    do {
      const page = await this.ctx.rest.call<{ items: ServerConversation[]; next_cursor: string | null }>(
        "GET", "/conversations", { limit: PAGE, cursor },
      );
      for (const item of page.items) {
        seen.add(item.xid);
        this.merge(item);
      }
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    for (const conversation of before) if (!seen.has(conversation.xid)) this.dropUnlisted(conversation);
    const others = this.list();
    this.hooks.ensureKnown(
      others.filter(({ kind }) => kind === "user").map(({ xid }) => xid),
      others.filter(({ kind }) => kind === "group").map(({ xid }) => xid),
    );
  }

  async markRead(xid: number): Promise<void> {
    const conversation = this.all.find(xid);
    if (!conversation) return;
    const incoming = this.incoming.get(xid) ?? 0;
    if (conversation.unread === 0 && incoming <= conversation.readMid) return;
    const mid = incoming || conversation.headMid;
    if (mid === 0) return;
    this.update({ ...conversation, unread: 0, isMentioned: false, mentionMids: [], readMid: Math.max(conversation.readMid, mid) });
    await this.readMarks.mark(xid, mid);
    if (this.outdated.has(xid) && !this.readMarks.has(xid)) this.load().catch((error: unknown) => this.ctx.handleError(error));
  }

  async remove(xid: number): Promise<void> {
    if (this.opened.has(xid) && !this.all.find(xid)?.headMid) return this.drop(xid);
    await this.ctx.rest.call("DELETE", `/conversations/${xid}`);
    this.drop(xid);
  }

  async pin(xid: number, isPinned: boolean): Promise<void> {
    await this.ctx.rest.call("PUT", `/conversations/${xid}/pin`, {}, { is_pinned: isPinned });
    this.patch(xid, { isPinned });
  }

  async mute(xid: number, isMuted: boolean): Promise<void> {
    await this.ctx.rest.call("PUT", `/conversations/${xid}/mute`, {}, { is_muted: isMuted });
    this.patch(xid, { isMuted });
  }

  setTyping(xid: number, isTyping: boolean): void {
    this.typing.send(xid, isTyping);
  }

  /** A listed message arrived or was sent. `isNew`: it counts as unread if it is someone else's. */
  handleMessage(message: Message, isGroup: boolean, isNew: boolean): void {
    const known = this.all.find(message.xid) ?? this.blank(message.xid, isGroup);
    const isLatest = isNewest(message, known.last);
    const isUnread = isNew && !message.isMine && message.mid > known.headMid && message.mid > known.readMid;
    const mentionsMe = message.mentions?.all === true || message.mentions?.userIds.includes(this.ctx.self()) === true;
    this.opened.delete(message.xid);
    if (isUnread && isGroup && asksReader(message.config, this.ctx.self())) this.readMarks.ask(message);
    if (!message.isMine) this.incoming.set(message.xid, Math.max(message.mid, this.incoming.get(message.xid) ?? 0));
    else this.typing.handleSent(message.xid);
    if (isUnread) this.noteCounted(message.xid, message.mid);
    this.update({
      ...known,
      unread: isUnread ? Math.min(UNREAD_LIMIT, known.unread + 1) : known.unread,
      isMentioned: known.isMentioned || (isUnread && mentionsMe),
      mentionMids: isUnread && mentionsMe ? [...known.mentionMids, message.mid] : known.mentionMids,
      headMid: Math.max(known.headMid, message.mid),
      ...(isLatest ? { last: lastOf(message), updatedAt: message.timestamp } : {}),
    });
    if (!message.isMine && known.typing.includes(message.from)) this.typing.handle(message.xid, message.from, false);
    if (known.name === "" && message.xid !== 0) this.hooks.ensureKnown(isGroup ? [] : [message.xid], isGroup ? [message.xid] : []);
  }

  /** A message changed in place (status, text). */
  handleChanged(message: Message): void {
    const known = this.all.find(message.xid);
    const isLast = known?.last && (known.last.mid === message.mid || (known.last.mid === 0 && known.last.timestamp === message.timestamp));
    if (known && isLast) this.update({ ...known, last: lastOf(message) });
  }

  /** A message is gone; `newest` is the one before it, as far as it is loaded. */
  handleRemoved(xid: number, mid: number, newest: Message | undefined): void {
    const known = this.all.find(xid);
    if (!known) return;
    const wasUnread = mid > known.readMid && known.unread > 0 && known.last?.isMine === false;
    const unread = wasUnread ? known.unread - 1 : known.unread;
    const isLast = known.last?.mid === mid;
    this.counted.get(xid)?.delete(mid);
    this.update({ ...known, unread, ...(isLast ? { last: newest ? lastOf(newest) : null } : {}) });
    if (isLast && !newest) this.load().catch((error: unknown) => this.ctx.handleError(error));
  }

  /** The peer has got, or read, own messages up to `mid`. */
  handlePeerMark(xid: number, mid: number, status: "delivered" | "read"): void {
    const known = this.all.find(xid);
    const field = status === "read" ? "peerReadMid" : "peerDeliveredMid";
    if (known && mid > known[field]) this.update({ ...known, [field]: mid });
  }

  /** I have read up to `mid` on another device. */
  handleRead(xid: number, mid: number): void {
    const known = this.all.find(xid);
    if (!known || mid <= known.readMid) return;
    const newest = this.incoming.get(xid) ?? known.last?.mid ?? 0;
    const isAll = mid >= newest;
    this.update({ ...known, readMid: mid, ...(isAll ? { unread: 0, isMentioned: false, mentionMids: [] } : {}) });
    if (!isAll) this.load().catch((error: unknown) => this.ctx.handleError(error));
  }

  handleTyping(item: MessageItem): void {
    const status = parseObject(item.body.ext)["input_status"];
    if (status === undefined || item.from === this.ctx.self()) return;
    this.typing.handle(conversationOf(item, this.ctx.self()), item.from, status === "typing");
  }

  handleOperation(item: ConversationItem): void {
    const operation = item.body.operation;
    if (!operation || item.from !== this.ctx.self()) return;
    const xid = Number(operation.xid?.uid ?? 0n);
    const change = changes[operation.type];
    if (change) this.patch(xid, change);
    else if (operation.type === OpType.DELETE_EVERYWHERE) this.drop(xid);
  }

  /** A group that I was put into shows up before anybody has written. */
  handleJoined(xid: number, { mid, timestamp }: { mid: number; timestamp: number }): void {
    if (!this.all.find(xid)) this.update({ ...this.blank(xid, true), headMid: mid, updatedAt: timestamp });
  }

  /** Names or avatars of some users or groups may have changed. */
  handleNames(xids: Iterable<number>): void {
    for (const xid of xids) {
      const known = this.all.find(xid);
      if (!known) continue;
      const kind = xid === 0 ? "system" : this.ctx.isGroup(xid) ? "group" : known.kind;
      const described = this.hooks.describe(xid, kind);
      const isSame = described.name === known.name && described.avatar === known.avatar && kind === known.kind;
      if (!isSame) this.update({ ...known, ...described, kind });
    }
  }

  handleOnline(): void {
    // The list that is being fetched may not know of the marks yet, so its counts are fetched anew after them.
    this.readMarks
      .handleOnline()
      .then((hasSent) => (hasSent ? this.load() : undefined))
      .catch((error: unknown) => this.ctx.handleError(error));
  }

  /** Shows what the last visit left, until the server has answered. */
  async restore(): Promise<void> {
    this.isStale = true;
    for (const conversation of (await this.ctx.store().getValue<Conversation[]>(SAVED)) ?? []) {
      if (!this.all.find(conversation.xid)) this.all.set({ ...emptyConversation(conversation.xid, conversation.kind), ...conversation, typing: [] });
    }
    for (const [xid, mid] of await this.readMarks.restore()) this.handleRead(xid, mid);
    this.announce();
  }

  /** Forgets a conversation here, after it was removed somewhere or its group was left. */
  drop(xid: number): void {
    this.opened.delete(xid);
    this.incoming.delete(xid);
    this.counted.delete(xid);
    this.outdated.delete(xid);
    if (this.all.delete(xid)) this.announce();
    this.hooks.onCleared(xid);
  }

  clear(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    this.typing.clear();
    this.readMarks.clear();
    this.opened.clear();
    this.incoming.clear();
    this.counted.clear();
    this.outdated.clear();
    this.all.clear();
    this.ctx.events.emit("conversations", this.list());
  }

  private merge(item: ServerConversation): void {
    const known = this.all.find(item.xid) ?? this.blank(item.xid, item.kind === "group");
    const self = this.ctx.self();
    if (item.last && item.last.from !== self) this.incoming.set(item.xid, Math.max(item.last.mid, this.incoming.get(item.xid) ?? 0));
    this.opened.delete(item.xid);
    const merged = mergeConversation(known, item, self, this.countedIn(known));
    const isOutdated = isReadFurther(known, item) && merged.unread > 0 && item.head_mid > known.headMid;
    if (isOutdated) this.outdated.add(item.xid);
    else this.outdated.delete(item.xid);
    this.update(merged);
  }

  private noteCounted(xid: number, mid: number): void {
    const counted = this.counted.get(xid) ?? new Set();
    this.counted.set(xid, counted.add(mid));
  }

  /** Those that are still unread; the others are forgotten. */
  private countedIn({ xid, readMid }: Conversation): number[] {
    const counted = this.counted.get(xid);
    for (const mid of counted ?? []) if (mid <= readMid) counted?.delete(mid);
    return [...(counted ?? [])];
  }

  /** Hides what the server no longer lists, unless something happened to it since it was asked. */
  private dropUnlisted(conversation: Conversation): void {
    const isLocal = this.opened.has(conversation.xid) || conversation.last?.mid === 0 || conversation.kind === "system";
    const isUnchanged = this.all.find(conversation.xid) === conversation;
    if (!isLocal && isUnchanged && this.all.delete(conversation.xid)) this.announce();
  }

  private showTyping(xid: number, userId: number, isTyping: boolean): void {
    const known = this.all.find(xid);
    if (known && known.typing.includes(userId) !== isTyping) {
      const others = known.typing.filter((id) => id !== userId);
      this.update({ ...known, typing: isTyping ? [...others, userId] : others });
    }
    this.ctx.events.emit("typing", { xid, userId, isTyping });
  }

  private blank(xid: number, isGroup: boolean): Conversation {
    const kind = xid === 0 ? "system" : isGroup ? "group" : "user";
    return { ...emptyConversation(xid, kind), ...this.hooks.describe(xid, kind) };
  }

  private patch(xid: number, change: Partial<Conversation>): void {
    const known = this.all.find(xid);
    if (known) this.update({ ...known, ...change });
  }

  private update(conversation: Conversation): Conversation {
    this.all.set(conversation);
    this.ctx.events.emit("conversation", conversation);
    this.announce();
    return conversation;
  }

  /** One `conversations` event for all changes of this turn, and one write some time later. */
  private announce(): void {
    this.changedTimer ??= Promise.resolve().then(() => {
      this.changedTimer = null;
      this.ctx.events.emit("conversations", this.list());
    });
    this.saveTimer ??= setTimeout(() => {
      this.saveTimer = undefined;
      this.ctx.store().putValue(SAVED, this.list()).catch((error: unknown) => this.ctx.handleError(error));
    }, SAVE_DELAY_MS);
  }
}
