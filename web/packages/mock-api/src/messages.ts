import {
  type Attachment,
  type ChainReport,
  type ConversationHits,
  type Message,
  type MessageKind,
  type MessagesApi,
  type MessageStatus,
  type ReadCount,
  type ReaderPage,
  type RecordOptions,
  type SearchAllOptions,
  type SearchAllProgress,
  type SearchOptions,
  type SearchProgress,
  type SearchQuery,
  type SendFileOptions,
  type SendTextOptions,
} from "@cerulean/sdk";
import type { MockClient } from "./client";
import { makeMessage, myId } from "./world";

const stepMs = 250;

export class MockMessages implements MessagesApi {
  readonly #client: MockClient;
  readonly #loaded = new Map<number, Message[]>();
  #nextMid = 900_000_000;
  report: ChainReport = { checked: 250, intact: true };

  constructor(client: MockClient) {
    this.#client = client;
  }

  list(xid: number): Message[] {
    return this.#loaded.get(xid) ?? none;
  }

  find(xid: number, mid: number): Message | undefined {
    return this.list(xid).find((one) => one.mid === mid);
  }

  async loadOlder(xid: number, n = 40): Promise<{ hasMore: boolean }> {
    await this.#client.wait();
    const all = this.#client.world.history.get(xid) ?? [];
    const size = Math.min(all.length, this.list(xid).length + n);
    this.#show(xid, all.slice(all.length - size));
    return { hasMore: size < all.length };
  }

  async loadTo(xid: number, mid: number): Promise<boolean> {
    await this.loadOlder(xid, Number.MAX_SAFE_INTEGER);
    return this.find(xid, mid) !== undefined;
  }

  async search(xid: number, { text = "", kinds }: SearchQuery, options: SearchOptions = {}): Promise<SearchProgress> {
    const { signal, onProgress, limit = 200, before = Number.MAX_SAFE_INTEGER } = options;
    const all = (this.#client.world.history.get(xid) ?? []).filter((one) => one.mid < before);
    const wanted = text.toLowerCase();
    const fits = (one: Message) => (!kinds || kinds.includes(one.kind)) && `${one.text} ${one.attachment?.name ?? ""}`.toLowerCase().includes(wanted);
    const progress = { hits: [], scanned: 0, reachedAt: 0, isDone: false, isLimited: false };
    onProgress?.(progress);
    await this.#client.wait();
    if (signal?.aborted) return progress;
    const hits = all.filter(fits).reverse();
    const isLimited = hits.length > limit;
    const done = { hits: hits.slice(0, limit), scanned: all.length, reachedAt: all[0]?.timestamp ?? 0, isDone: true, isLimited };
    onProgress?.(done);
    return done;
  }

  async searchAll(query: SearchQuery, { signal, onProgress, limit = 20 }: SearchAllOptions = {}): Promise<SearchAllProgress> {
    const all = this.#client.conversations.list();
    const found: ConversationHits[] = [];
    let searched = 0;
    const progress = (isDone: boolean) => {
      const newestFirst = [...found].sort((a, b) => (b.hits[0]?.timestamp ?? 0) - (a.hits[0]?.timestamp ?? 0));
      const result = { found: newestFirst, searched, total: all.length, failed: 0, isDone };
      onProgress?.(result);
      return result;
    };
    progress(false);
    for (const { xid } of all) {
      const { hits } = await this.search(xid, query);
      if (signal?.aborted) return progress(false);
      searched += 1;
      if (hits.length > 0) found.push({ xid, hits: hits.slice(0, limit), hasMore: hits.length > limit });
      progress(false);
    }
    return progress(true);
  }

  async sendText(xid: number, text: string, options: SendTextOptions = {}): Promise<Message> {
    return this.#send(xid, { kind: "text", text, ...(options.replyTo ? { replyTo: options.replyTo } : {}) });
  }

  async sendLocation(xid: number, place: { latitude: number; longitude: number; address: string }): Promise<Message> {
    return this.#send(xid, { kind: "location", attachment: { url: "", name: "", size: 0, ...place } });
  }

  async sendFile(xid: number, file: Blob, options: SendFileOptions = {}): Promise<Message> {
    const kind: MessageKind = options.kind ?? kindOf(file.type);
    const attachment: Attachment = {
      url: URL.createObjectURL(file),
      name: options.name ?? (file instanceof File ? file.name : "file"),
      size: file.size,
      mimeType: file.type,
      ...(options.duration === undefined ? {} : { duration: options.duration }),
      ...(options.waveform ? { waveform: options.waveform } : {}),
    };
    return this.#send(xid, { kind, attachment, localFile: file, progress: 0 });
  }

  async forward(message: Message, xid: number): Promise<Message> {
    return this.#send(xid, { kind: message.kind, text: message.text, ...(message.attachment ? { attachment: message.attachment } : {}) });
  }

  async forwardMerged(messages: readonly Message[], xid: number, { title, of, nameOf }: RecordOptions): Promise<Message> {
    const items = messages.map(({ from, timestamp, kind, text, replyTo }) => ({
      from, name: nameOf(from), timestamp, kind, text,
      ...(replyTo ? { replyTo: { from: replyTo.from, name: nameOf(replyTo.from), text: replyTo.text } } : {}),
    }));
    return this.#send(xid, { kind: "text", text: title, merged: { title, ...(of ? { of } : {}), items } });
  }

  async append(xid: number, mid: number, text: string, { isStreaming = true }: { isStreaming?: boolean } = {}): Promise<void> {
    const message = this.find(xid, mid);
    if (message) this.change(message, { text: message.text + text, isAppended: true, isStreaming });
  }

  async markPlayed(xid: number, mid: number): Promise<void> {
    const message = this.find(xid, mid);
    if (message) this.change(message, { isPlayed: true });
  }

  async readCounts(groupId: number, mids: readonly number[]): Promise<ReadCount[]> {
    const memberCount = (this.#client.world.members.get(groupId)?.length ?? 1) - 1;
    return mids.map((mid) => ({ mid, readCount: Math.min(memberCount, 2), memberCount }));
  }

  async readers(groupId: number): Promise<ReaderPage> {
    const others = (this.#client.world.members.get(groupId) ?? []).map((one) => one.userId).filter((id) => id !== myId);
    return { userIds: others.slice(0, 2), nextCursor: null };
  }

  waitingCount(): number {
    return [...this.#loaded.values()].flat().filter((one) => one.status === "queued" || one.status === "sending").length;
  }

  async retry(localId: string): Promise<void> {
    const message = this.#locate(localId);
    if (message) this.#deliver(message);
  }

  async discard(localId: string): Promise<void> {
    const message = this.#locate(localId);
    if (message) this.#remove(message);
  }

  async recall(xid: number, mid: number): Promise<void> {
    const message = this.find(xid, mid);
    if (!message) return;
    const { attachment: _attachment, replyTo: _replyTo, ...rest } = message;
    this.#swap(message, { ...rest, kind: "text", text: "", recalledBy: myId });
    this.#client.events.emit("message-removed", { xid, mid, localId: message.localId, cause: "recalled", by: myId });
  }

  async deleteForMe(xid: number, mid: number): Promise<void> {
    const message = this.find(xid, mid);
    if (message) this.#remove(message);
  }

  async edit(xid: number, mid: number, text: string): Promise<void> {
    const message = this.find(xid, mid);
    if (message) this.change(message, { text, editedAt: Date.now() });
  }

  async verifyChain(): Promise<ChainReport> {
    await this.#client.wait();
    return this.report;
  }

  /** A message of another user arrives. */
  receive(xid: number, from: number, text: string): Message {
    const message = makeMessage({ mid: this.#nextMid++, xid, from, text, timestamp: Date.now() });
    this.#append(message);
    const unread = (this.#client.conversations.find(xid)?.unread ?? 0) + 1;
    this.#client.conversations.update(xid, { unread, typing: [] });
    return message;
  }

  change(message: Message, patch: Partial<Message>): Message {
    return this.#swap(message, { ...message, ...patch });
  }

  #swap(message: Message, next: Message): Message {
    const swap = (list: Message[]) => list.map((one) => (one.localId === message.localId ? next : one));
    this.#client.world.history.set(message.xid, swap(this.#client.world.history.get(message.xid) ?? []));
    this.#show(message.xid, swap(this.list(message.xid)));
    this.#client.conversations.update(message.xid, {});
    return next;
  }

  /** Sends what waited while the client was offline. */
  flush(): void {
    for (const list of this.#loaded.values()) {
      for (const message of list) if (message.status === "queued") this.#deliver(message);
    }
  }

  #send(xid: number, body: Partial<Message>): Message {
    const mid = 0;
    const isOffline = this.#client.state !== "online";
    const message = makeMessage({
      mid,
      xid,
      from: myId,
      timestamp: Date.now(),
      localId: `s${this.#nextMid++}`,
      status: isOffline ? "queued" : "sending",
      ...body,
    });
    this.#append(message);
    this.#client.conversations.update(xid, {});
    if (!isOffline) this.#deliver(message);
    return message;
  }

  #deliver(message: Message): void {
    const steps: [number, MessageStatus][] = [
      [1, "sent"],
      [3, "delivered"],
      [5, "read"],
    ];
    for (const [factor, status] of steps) setTimeout(() => this.#advance(message.localId, status), factor * stepMs);
    if (this.#client.hasReplies && message.text) this.#reply(message);
  }

  #advance(localId: string, status: MessageStatus): void {
    const message = this.#locate(localId);
    if (!message) return;
    const { progress: _progress, localFile: _file, error: _error, ...rest } = message;
    const mid = message.mid || this.#nextMid++;
    this.change({ ...rest }, { mid, status });
    this.#client.events.emit("message-status", { xid: message.xid, localId, mid, status });
  }

  #reply(message: Message): void {
    const typist = message.xid < 2000 ? message.xid : 1003;
    setTimeout(() => this.#client.conversations.update(message.xid, { typing: [typist] }), 6 * stepMs);
    setTimeout(() => this.receive(message.xid, typist, `“${message.text}”, understood!`), 14 * stepMs);
  }

  #append(message: Message): void {
    const { world, events } = this.#client;
    world.history.set(message.xid, [...(world.history.get(message.xid) ?? []), message]);
    this.#show(message.xid, [...this.list(message.xid), message]);
    events.emit("message", message);
  }

  #remove(message: Message): void {
    const { world, events } = this.#client;
    const without = (list: Message[]) => list.filter((one) => one.localId !== message.localId);
    world.history.set(message.xid, without(world.history.get(message.xid) ?? []));
    this.#show(message.xid, without(this.list(message.xid)));
    this.#client.conversations.update(message.xid, {});
    events.emit("message-removed", { xid: message.xid, mid: message.mid, localId: message.localId, cause: "deleted", by: myId });
  }

  #show(xid: number, list: Message[]): void {
    this.#loaded.set(xid, list);
    this.#client.events.emit("messages", { xid });
  }

  #locate(localId: string): Message | undefined {
    for (const list of this.#loaded.values()) {
      const found = list.find((one) => one.localId === localId);
      if (found) return found;
    }
    return undefined;
  }
}

const none: Message[] = [];

function kindOf(mimeType: string): MessageKind {
  const kind = mimeType.split("/")[0];
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "file";
}
