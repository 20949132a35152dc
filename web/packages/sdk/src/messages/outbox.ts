import { create, toBinary } from "@bufbuild/protobuf";
import { bytesToHex } from "@noble/hashes/utils.js";
import { address, type SendReplyFrame } from "../codec/frame.js";
import type { MessageItem } from "../codec/item.js";
import type { Context } from "../context.js";
import { asError, CeruleanError } from "../errors.js";
import type { Files } from "../files.js";
import { MessageBody_Type, MessageBodySchema, Meta_NameSpace as NameSpace, type MessageBody } from "../gen/xsync_pb.js";
import type { OutboxEntry } from "../store/store.js";
import { attachmentText, contentTypeOf } from "./convert.js";

const ATTEMPTS = 5;
const UPLOAD_RETRY_MS = 3_000;

export interface OutboxHooks {
  /** The newest item known of a conversation, 0 for none. */
  headOf(xid: number): number;
  onSending(entry: OutboxEntry): void;
  onProgress(entry: OutboxEntry, fraction: number): void;
  /** The message waits again, after the connection went away. */
  onWaiting(entry: OutboxEntry): void;
  /** Ends when the message is stored as sent and no longer as waiting. */
  onSent(entry: OutboxEntry, reply: SendReplyFrame): Promise<void>;
  onFailed(entry: OutboxEntry): void;
}

/**
 * Messages that the server has not acknowledged, kept in storage. After a reconnect or reload all are sent again, in order, each with the
 * key of its first attempt, so that the server answers a repeat with its first answer.
 */
export class Outbox {
  private entries: OutboxEntry[] = [];
  private readonly active = new Set<string>();
  private readonly uploads = new Map<string, AbortController>();
  /** Entries that could be sent and wait for their turn. */
  private readonly ready = new Map<string, () => void>();
  /** Entries that were given to the connection and have no answer yet. */
  private readonly onWire = new Set<string>();
  /** Stored forms that came before the answer to their send: local id → id. */
  private readonly copies = new Map<string, number>();
  private lastSequence = 0;

  constructor(
    private readonly ctx: Context,
    private readonly files: Files,
    private readonly hooks: OutboxHooks,
  ) {}

  async restore(): Promise<OutboxEntry[]> {
    this.entries = await this.ctx.store().listOutbox();
    this.lastSequence = this.entries.at(-1)?.sequence ?? 0;
    return this.entries;
  }

  draft(fields: Pick<OutboxEntry, "xid" | "kind" | "text"> & Partial<OutboxEntry>): OutboxEntry {
    this.lastSequence += 1;
    return {
      localId: `l${bytesToHex(crypto.getRandomValues(new Uint8Array(16)))}`,
      sequence: this.lastSequence,
      isGroup: this.ctx.isGroup(fields.xid),
      clientMid: this.ctx.wire.nextClientMid(),
      sendKey: crypto.getRandomValues(new Uint8Array(16)),
      createdAt: Date.now(),
      after: this.hooks.headOf(fields.xid),
      attempts: 0,
      ...fields,
    };
  }

  /**
   * The local id of the waiting message that an item is the stored form of. Other devices are not told of send keys, so it is known by what
   * it says, and stands in for the waiting one until the answer to the send, which the key brings, says which it was.
   */
  copyOf(item: MessageItem, xid: number): string | undefined {
    if (item.from !== this.ctx.self() || item.fromDevice !== this.ctx.deviceSn() || item.recalledBy > 0) return undefined;
    const isIt = (entry: OutboxEntry) =>
      entry.xid === xid && !entry.error && item.mid > (entry.after ?? 0) && (this.copies.get(entry.localId) ?? item.mid) === item.mid && says(entry, item.body);
    const found = this.entries.find(isIt);
    if (found) this.copies.set(found.localId, item.mid);
    return found?.localId;
  }

  async add(entry: OutboxEntry): Promise<void> {
    this.entries.push(entry);
    await this.save(entry);
    this.begin(entry);
  }

  async retry(localId: string): Promise<OutboxEntry | undefined> {
    const entry = this.entries.find((other) => other.localId === localId);
    if (!entry || this.active.has(localId)) return undefined;
    entry.attempts = 0;
    delete entry.error;
    await this.save(entry);
    this.begin(entry);
    return entry;
  }

  async discard(localId: string): Promise<void> {
    const dropped = this.entries.find((entry) => entry.localId === localId);
    this.entries = this.entries.filter((entry) => entry !== dropped);
    this.ready.get(localId)?.();
    this.ready.delete(localId);
    this.onWire.delete(localId);
    this.copies.delete(localId);
    if (dropped) this.giveTurns(dropped.xid);
    this.uploads.get(localId)?.abort();
    await this.ctx.store().deleteOutbox(localId);
  }

  /** Drops everything for one conversation. */
  async discardAll(xid: number): Promise<void> {
    for (const entry of this.entries.filter((other) => other.xid === xid)) await this.discard(entry.localId);
  }

  hasInFlight(xid: number): boolean {
    return this.entries.some((entry) => entry.xid === xid && this.active.has(entry.localId));
  }

  /** How many still wait for the server; failed ones wait for the user and do not count. */
  waitingCount(): number {
    return this.entries.filter((entry) => !entry.error).length;
  }

  /** Everything that waited goes out, in each conversation in the order it was written. */
  handleOnline(): void {
    for (const entry of this.entries) this.begin(entry);
  }

  clear(): void {
    for (const upload of this.uploads.values()) upload.abort();
    this.uploads.clear();
    this.entries = [];
    this.active.clear();
    for (const give of this.ready.values()) give();
    this.ready.clear();
    this.onWire.clear();
    this.copies.clear();
    this.lastSequence = 0;
  }

  private begin(entry: OutboxEntry): void {
    this.start(entry).catch((error: unknown) => this.ctx.handleError(error));
  }

  private async start(entry: OutboxEntry): Promise<void> {
    const mayStart = this.ctx.isOnline() && !entry.error && !this.active.has(entry.localId) && this.entries.includes(entry);
    if (!mayStart) return;
    this.active.add(entry.localId);
    await this.run(entry)
      .catch((thrown: unknown) => this.handleFailure(entry, asError(thrown)))
      .catch((error: unknown) => this.ctx.handleError(error))
      .finally(() => this.active.delete(entry.localId));
  }

  private async run(entry: OutboxEntry): Promise<void> {
    if (needsUpload(entry)) {
      this.hooks.onSending(entry);
      await this.upload(entry);
    }
    await this.turnOf(entry);
    if (!this.entries.includes(entry)) return;
    this.hooks.onSending(entry);
    const reply = await this.ctx.wire.send(metaOf(entry, this.ctx));
    this.entries = this.entries.filter((other) => other !== entry);
    this.onWire.delete(entry.localId);
    this.copies.delete(entry.localId);
    await this.hooks.onSent(entry, reply);
  }

  /**
   * Waits until everything written before in the conversation is on the wire. Files are uploaded side by side, but what follows one, a
   * text too, is not sent before it: a remark about a picture must not arrive ahead of it. What failed holds up nothing.
   */
  private turnOf(entry: OutboxEntry): Promise<void> {
    const turn = new Promise<void>((resolve) => this.ready.set(entry.localId, resolve));
    // Not at once: whoever asks must wait for his turn before those behind him get theirs.
    queueMicrotask(() => this.giveTurns(entry.xid));
    return turn;
  }

  private giveTurns(xid: number): void {
    for (const entry of this.entries) {
      if (entry.xid !== xid || entry.error || this.onWire.has(entry.localId)) continue;
      const give = this.ready.get(entry.localId);
      if (!give) return;
      this.ready.delete(entry.localId);
      this.onWire.add(entry.localId);
      give();
    }
  }

  private async upload(entry: OutboxEntry): Promise<void> {
    const { file, poster } = entry;
    if (!entry.attachment || !file) throw new CeruleanError(0, "file-lost", "the file is no longer at hand");
    const upload = new AbortController();
    const { signal } = upload;
    this.uploads.set(entry.localId, upload);
    try {
      if (poster && !entry.attachment.thumbnailUrl) {
        const thumbnailUrl = await this.files.uploadForChat(entry, poster, "poster.jpg", "image", { signal });
        entry.attachment = { ...entry.attachment, thumbnailUrl };
        delete entry.poster;
      }
      const onProgress = (fraction: number) => this.hooks.onProgress(entry, fraction);
      const url = await this.files.uploadForChat(entry, file, entry.attachment.name, entry.fileKind ?? "file", { onProgress, signal });
      entry.attachment = { ...entry.attachment, url };
      await this.save(entry);
    } finally {
      this.uploads.delete(entry.localId);
    }
  }

  private async handleFailure(entry: OutboxEntry, error: CeruleanError): Promise<void> {
    this.onWire.delete(entry.localId);
    if (!this.entries.includes(entry)) return;
    const mayPass = ["offline", "timeout", "network"].includes(error.reason);
    if (error.reason === "token-invalid") {
      this.hooks.onWaiting(entry);
      return this.ctx.handleTokenInvalid();
    }
    if (error.reason !== "offline") entry.attempts += 1;
    if (mayPass && entry.attempts < ATTEMPTS) {
      this.hooks.onWaiting(entry);
      // After "offline" the reconnect begins it; the timer is for a connection that was back before the failure was noticed.
      setTimeout(() => this.begin(entry), UPLOAD_RETRY_MS);
      return;
    }
    this.copies.delete(entry.localId);
    entry.error = { code: error.code, reason: error.reason, message: error.message };
    await this.save(entry);
    this.hooks.onFailed(entry);
    this.giveTurns(entry.xid);
  }

  private async save(entry: OutboxEntry): Promise<void> {
    try {
      await this.ctx.store().putOutbox(entry);
    } catch (error) {
      // A full disk must not keep a message from being sent; it only will not survive a reload.
      this.ctx.handleError(error);
    }
  }
}

function needsUpload({ attachment }: OutboxEntry): boolean {
  return attachment !== undefined && attachment.url === "" && attachment.latitude === undefined;
}

function contentOf(entry: OutboxEntry) {
  return {
    content: entry.text,
    ctype: contentTypeOf(entry.kind),
    config: entry.config ?? "",
    ext: entry.ext ?? "",
    attachment: entry.attachment ? attachmentText(entry.attachment) : "",
  };
}

function says(entry: OutboxEntry, body: MessageBody): boolean {
  if (needsUpload(entry)) return false;
  const { content, ctype, config, ext, attachment } = contentOf(entry);
  return content === body.content && ctype === body.ctype && config === body.config && ext === body.ext && attachment === body.attachment;
}

function metaOf(entry: OutboxEntry, ctx: Context) {
  const type = entry.isGroup ? MessageBody_Type.GROUPCHAT : MessageBody_Type.CHAT;
  const body = create(MessageBodySchema, { type, ...contentOf(entry) });
  return {
    id: BigInt(entry.clientMid),
    from: address(ctx.self(), ctx.deviceSn()),
    to: address(entry.xid),
    timestamp: BigInt(entry.createdAt),
    ns: NameSpace.MESSAGE,
    payload: toBinary(MessageBodySchema, body),
    sendKey: entry.sendKey,
  };
}
