import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { blake3 } from "@noble/hashes/blake3.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { linkOf, ZERO_LINK } from "../../src/chain.js";
import {
  ConversationSchema, ConversationUnread_ConvType as ConvType, type ConversationOperation_OpType, Frame_Command as Command, FrameSchema, GroupNoticeSchema, MessageBody_QoS, MessageBodySchema,
  MessageBody_Type, MessageOperation_OpType as OpType, Meta_NameSpace as NameSpace, MetaSchema, NoticeSchema, ProvisionSchema, RosterNoticeSchema,
  Status_ErrorCode as StatusCode, SyncDLSchema, SyncULSchema, UnreadDLSchema, UserNoticeSchema, type GroupNotice_Type, type Meta,
  type MessageBody, type MessageOperation, type RosterNotice_Type, type SyncUL, type UserNotice_Type,
} from "../../src/gen/xsync_pb.js";
import type { Transport, TransportFactory, TransportHandlers } from "../../src/transport/transport.js";

export interface Entry {
  mid: number;
  prevMid: number;
  position: number;
  from: number;
  fromDevice: number;
  to: number;
  timestamp: number;
  ns: NameSpace;
  payload: Uint8Array;
  digest: string;
  link: string;
}

export interface Session {
  userId: number;
  deviceSn: number;
  handlers: TransportHandlers;
  isProvisioned: boolean;
  /** Frames the client sent, decoded. */
  pulls: { xid: number; key: number }[];
  acks: { xid: number; key: number }[];
  heartbeats: number;
  watched: number[];
}

/** A server in memory: log, eager push, pulls, idempotent sends. Faults are switched on by tests. */
export class FakeServer {
  readonly lines = new Map<string, Entry[]>();
  readonly sessions: Session[] = [];
  readonly groups = new Map<number, number[]>();
  /** Confirmed position per device and conversation. */
  readonly cursors = new Map<string, number>();
  readonly uploads: string[] = [];
  /** Every send that reached the log or was answered from it. */
  sends = 0;
  isReachable = true;
  answersSends = true;
  pushes = true;
  answersHeartbeats = true;
  /** History names what was taken back; older servers leave it out. */
  tellsRecalls = true;
  answersHistory = true;
  /** Pages of history that were asked for. */
  histories = 0;
  readonly refusedHistories = new Set<number>();
  /** How many of the next pages are asked for too fast. */
  busyHistories = 0;
  refusal: { code: StatusCode; reason: string } | null = null;
  provisions = 0;
  private readonly answered = new Map<string, Entry>();
  private nextMid = 1000;

  transport: TransportFactory = (_url, handlers) => {
    const session: Session = { userId: 0, deviceSn: 0, handlers, isProvisioned: false, pulls: [], acks: [], heartbeats: 0, watched: [] };
    let isClosed = false;
    const close = () => {
      if (isClosed) return;
      isClosed = true;
      this.sessions.splice(this.sessions.indexOf(session), 1);
      handlers.onClose();
    };
    queueMicrotask(() => {
      if (!this.isReachable) return handlers.onClose();
      this.sessions.push(session);
      handlers.onOpen();
    });
    const transport: Transport = {
      send: (data) => {
        if (isClosed) throw new Error("closed");
        queueMicrotask(() => !isClosed && this.sessions.includes(session) && this.receive(session, data));
      },
      close,
    };
    return transport;
  };

  /** Cuts all connections, as a network does. */
  disconnect(): void {
    for (const session of this.sessions.splice(0)) session.handlers.onClose();
  }

  session(userId: number): Session {
    const session = this.sessions.find((other) => other.userId === userId);
    if (!session) throw new Error(`no session of ${userId}`);
    return session;
  }

  entries(userId: number, xid: number): Entry[] {
    return this.lines.get(this.lineKey(userId, xid)) ?? [];
  }

  /** How far a user has read, from his marks. */
  private readMid(userId: number, xid: number): number {
    const marks = this.entries(userId, 0)
      .filter((entry) => entry.ns === NameSpace.MESSAGE)
      .map((entry) => fromBinary(MessageBodySchema, entry.payload).operation)
      .filter((operation) => operation?.type === OpType.READ_ALL && Number(operation.xid?.uid) === xid);
    return Math.max(0, ...marks.map((operation) => Number(operation?.mid)));
  }

  /** The list as the HTTP interface gives it. */
  conversations(userId: number): unknown[] {
    return [...this.lines].flatMap(([key, entries]) => {
      const xid = this.xidFor(userId, key);
      const messages = entries.filter((entry) => entry.ns === NameSpace.MESSAGE && !operationOf(entry));
      const last = messages.at(-1);
      if (xid === null || !last) return [];
      const readMid = this.readMid(userId, xid);
      const { content, ctype } = fromBinary(MessageBodySchema, last.payload);
      return [{
        xid, kind: key.startsWith("g") ? "group" : xid === 0 ? "system" : "user", unread: messages.filter((entry) => entry.from !== userId && entry.mid > readMid).length,
        head_mid: entries.at(-1)?.mid ?? 0, position: entries.length, read_mid: readMid, peer_read_mid: 0, is_pinned: false, is_muted: false,
        last: { mid: last.mid, from: last.from, timestamp: last.timestamp, ctype, content },
      }];
    });
  }

  /** Someone without a client says something. */
  say(from: number, to: number, content: string, body: Partial<MessageBody> = {}): Entry {
    const type = this.groups.has(to) ? MessageBody_Type.GROUPCHAT : MessageBody_Type.CHAT;
    const { $typeName: _name, $unknown: _unknown, ...fields } = body;
    const payload = toBinary(MessageBodySchema, create(MessageBodySchema, { type, content, ...fields }));
    return this.store(this.lineKey(from, to), { from, fromDevice: 0, to, ns: NameSpace.MESSAGE, payload });
  }

  /** The system tells a user something. */
  tell(userId: number, content: string): Entry {
    const payload = toBinary(MessageBodySchema, create(MessageBodySchema, { type: MessageBody_Type.CHAT, content, isSystem: true }));
    return this.store(`s${userId}`, { from: 0, fromDevice: 0, to: userId, ns: NameSpace.MESSAGE, payload });
  }

  operate(from: number, to: number, type: OpType, mid: number, extra: { xid?: number; content?: string; editTimestamp?: number } = {}): Entry {
    const payload = toBinary(MessageBodySchema, create(MessageBodySchema, {
      type: MessageBody_Type.OPER,
      content: extra.content ?? "",
      editTimestamp: BigInt(extra.editTimestamp ?? 0),
      operation: { type, mid: BigInt(mid), ...(extra.xid === undefined ? {} : { xid: { uid: BigInt(extra.xid) } }) },
    }));
    return this.store(this.operationLine(from, to, type), { from, fromDevice: 0, to, ns: NameSpace.MESSAGE, payload });
  }

  groupNotice(type: GroupNotice_Type, groupId: number, from: number, to: number[], content = ""): void {
    const payload = toBinary(GroupNoticeSchema, create(GroupNoticeSchema, {
      type, gid: { uid: BigInt(groupId) }, from: { uid: BigInt(from) }, to: to.map((uid) => ({ uid: BigInt(uid) })), content,
    }));
    this.store(`g${groupId}`, { from, fromDevice: 0, to: groupId, ns: NameSpace.GROUP_NOTICE, payload });
  }

  rosterNotice(type: RosterNotice_Type, from: number, to: number, addressee: number, content = ""): void {
    const payload = toBinary(RosterNoticeSchema, create(RosterNoticeSchema, { type, from: { uid: BigInt(from) }, to: [{ uid: BigInt(to) }], content }));
    this.store(`s${addressee}`, { from, fromDevice: 0, to: addressee, ns: NameSpace.ROSTER_NOTICE, payload });
  }

  /** A notice that is pushed and not stored. */
  userNotice(type: UserNotice_Type, userId: number, content = ""): void {
    const payload = toBinary(UserNoticeSchema, create(UserNoticeSchema, { type, content }));
    const meta = create(MetaSchema, { id: 1n, from: { uid: 0n }, to: { uid: BigInt(userId) }, ns: NameSpace.USER_NOTICE, payload });
    this.push(userId, 0, meta);
  }

  /** What the user did to a conversation on another device; pushed and not stored. */
  conversationOperation(type: ConversationOperation_OpType, userId: number, xid: number): void {
    const payload = toBinary(ConversationSchema, create(ConversationSchema, { type: 1, operation: { type, xid: { uid: BigInt(xid) } } }));
    const own = { uid: BigInt(userId) };
    this.push(userId, 0, create(MetaSchema, { id: 1n, from: own, to: own, ns: NameSpace.CONVERSATION, payload }));
  }

  wake(userId: number, xid: number): void {
    const payload = toBinary(NoticeSchema, create(NoticeSchema, { xid: { uid: BigInt(xid) } }));
    this.answer(this.session(userId), Command.NOTICE, payload);
  }

  private lineKey(userId: number, xid: number): string {
    if (this.groups.has(xid)) return `g${xid}`;
    return xid === 0 ? `s${userId}` : `p${Math.min(userId, xid)}-${Math.max(userId, xid)}`;
  }

  private operationLine(from: number, to: number, type: OpType): string {
    const inPlace = [OpType.RECALL, OpType.APPEND, OpType.REPLACE].includes(type);
    return inPlace ? this.lineKey(from, to) : `s${to}`;
  }

  private receive(session: Session, data: Uint8Array): void {
    const frame = fromBinary(FrameSchema, data);
    if (frame.command === Command.PROVISION) return this.provision(session, frame.payload);
    if (frame.command === Command.UNREAD) return this.unread(session);
    const sync = fromBinary(SyncULSchema, frame.payload);
    if (sync.meta) return this.handleSend(session, sync.meta);
    if (sync.watchPresence.length > 0) {
      session.watched = sync.watchPresence.map(Number);
      return;
    }
    if (sync.ackOnly) return this.confirm(session, sync);
    return sync.isFullSync ? this.history(session, sync) : this.pull(session, sync);
  }

  private provision(session: Session, payload: Uint8Array): void {
    this.provisions += 1;
    const request = fromBinary(ProvisionSchema, payload);
    const reply = this.refusal
      ? create(ProvisionSchema, { status: this.refusal })
      : create(ProvisionSchema, { status: { code: StatusCode.OK }, xid: { uid: request.xid?.uid ?? 0n, deviceSN: 7 }, capabilities: 7 });
    if (!this.refusal) Object.assign(session, { userId: Number(request.xid?.uid), deviceSn: 7, isProvisioned: true });
    this.answer(session, Command.PROVISION, toBinary(ProvisionSchema, reply));
  }

  private unread(session: Session): void {
    session.heartbeats += 1;
    if (!this.answersHeartbeats) return;
    const unread = [...this.lines].flatMap(([key, entries]) => {
      const xid = this.xidFor(session.userId, key);
      if (xid === null) return [];
      const cursor = this.cursors.get(`${session.userId}/${xid}`) ?? 0;
      const n = entries.filter((entry) => entry.mid > cursor && entry.from !== session.userId).length;
      return [{ xid: { uid: BigInt(xid) }, n, type: key.startsWith("g") ? ConvType.GROUPCHAT : ConvType.CHAT }];
    });
    this.answer(session, Command.UNREAD, toBinary(UnreadDLSchema, create(UnreadDLSchema, { status: { code: StatusCode.OK }, unread })));
  }

  private handleSend(session: Session, meta: Meta): void {
    const to = Number(meta.to?.uid ?? 0n);
    const body = fromBinary(MessageBodySchema, meta.payload);
    if (body.qos === MessageBody_QoS.AT_MOST_ONCE) {
      this.push(to, session.userId, create(MetaSchema, { ...meta, id: 1n, sendKey: new Uint8Array() }));
      return this.reply(session, meta, null);
    }
    if (body.content === "forbidden") {
      return this.answerSync(session, { status: { code: StatusCode.WORD_CENSORED, reason: "word" }, clientMid: meta.id });
    }
    const key = bytesToHex(meta.sendKey);
    const known = this.answered.get(key);
    this.sends += 1;
    const operation = body.operation?.type ?? OpType.UNKNOWN;
    const line = operation === OpType.UNKNOWN ? this.lineKey(session.userId, to) : this.operationLine(session.userId, to, operation);
    const payload = body.content === "rude" ? toBinary(MessageBodySchema, { ...body, content: "r**e" }) : meta.payload;
    const entry = known ?? this.store(line, { from: session.userId, fromDevice: session.deviceSn, to, ns: NameSpace.MESSAGE, payload });
    this.answered.set(key, entry);
    if (this.answersSends) this.reply(session, meta, entry);
  }

  private reply(session: Session, meta: Meta, entry: Entry | null): void {
    this.answerSync(session, {
      status: { code: StatusCode.OK },
      xid: { uid: meta.to?.uid ?? 0n },
      clientMid: meta.id,
      serverMid: BigInt(entry?.mid ?? 1),
      serverTime: BigInt(entry?.timestamp ?? Date.now()),
      prevMid: BigInt(entry?.prevMid ?? 0),
      editTimestamp: BigInt(entry?.timestamp ?? 0),
      ...(entry && bodyOf(entry).content !== bodyOf(meta).content ? { body: entry.payload } : {}),
      ...(entry ? { link: hexToBytes(entry.link), position: BigInt(entry.position), digest: hexToBytes(entry.digest) } : {}),
    });
  }

  private confirm(session: Session, sync: SyncUL): void {
    const xid = Number(sync.xid?.uid ?? 0n);
    const key = Number(sync.key);
    if (sync.ackOnly) session.acks.push({ xid, key });
    const name = `${session.userId}/${xid}`;
    this.cursors.set(name, Math.max(key, this.cursors.get(name) ?? 0));
  }

  private pull(session: Session, sync: SyncUL): void {
    const xid = Number(sync.xid?.uid ?? 0n);
    session.pulls.push({ xid, key: Number(sync.key) });
    this.confirm(session, sync);
    const cursor = this.cursors.get(`${session.userId}/${xid}`) ?? 0;
    const batch = this.entries(session.userId, xid).filter((entry) => entry.mid > cursor && entry.from !== session.userId).slice(0, 20);
    this.answerSync(session, {
      status: { code: StatusCode.OK }, xid: { uid: BigInt(xid) }, metas: batch.map(toMeta), nextKey: BigInt(batch.at(-1)?.mid ?? 0),
    });
  }

  private history(session: Session, sync: SyncUL): void {
    const xid = Number(sync.xid?.uid ?? 0n);
    this.histories += 1;
    if (!this.answersHistory) return;
    const refuse = (code: StatusCode) => this.answerSync(session, { status: { code, reason: "refused" }, xid: { uid: BigInt(xid) }, isFullSync: true });
    if (this.refusedHistories.has(xid)) return refuse(StatusCode.UNAUTHORIZED);
    if (this.busyHistories > 0) {
      this.busyHistories -= 1;
      return refuse(StatusCode.RATE_LIMIT_EXCEEDED);
    }
    const before = Number(sync.key) || Number.MAX_SAFE_INTEGER;
    const entries = this.entries(session.userId, xid).filter((entry) => entry.ns === NameSpace.MESSAGE);
    const recalls = new Map(entries.filter((entry) => operationOf(entry)?.type === OpType.RECALL).map((entry) => [Number(operationOf(entry)?.mid), entry.from]));
    const older = entries.filter((entry) => !operationOf(entry) && entry.mid < before);
    const there = older.filter((entry) => !recalls.has(entry.mid));
    const page = there.slice(-sync.fullSyncNum);
    const nextKey = there.length > page.length ? (page[0]?.mid ?? 0) : 0;
    const gone = this.tellsRecalls ? older.filter((entry) => recalls.has(entry.mid) && entry.mid > nextKey) : [];
    const metas = [...page, ...gone].sort((a, b) => b.mid - a.mid).map((entry) => {
      const recalledBy = recalls.get(entry.mid);
      return recalledBy === undefined ? toMeta(entry) : { ...toMeta(entry), payload: new Uint8Array(), recalledBy: BigInt(recalledBy) };
    });
    this.answerSync(session, { status: { code: StatusCode.OK }, xid: { uid: BigInt(xid) }, isFullSync: true, metas, nextKey: BigInt(nextKey) });
  }

  private store(key: string, item: Pick<Entry, "from" | "fromDevice" | "to" | "ns" | "payload">): Entry {
    const line = this.lines.get(key) ?? [];
    const previous = line.at(-1);
    const mid = (this.nextMid += 10);
    const timestamp = 1_700_000_000_000 + mid;
    const digest = bytesToHex(blake3(item.payload));
    const link = linkOf(previous?.link ?? ZERO_LINK, { mid, sender: item.from, timestamp, namespace: item.ns, digest });
    const entry: Entry = { ...item, mid, prevMid: previous?.mid ?? 0, position: line.length + 1, timestamp, digest, link };
    this.lines.set(key, [...line, entry]);
    if (this.pushes) this.fanOut(key, entry);
    return entry;
  }

  private fanOut(key: string, entry: Entry): void {
    for (const session of this.sessions) {
      const xid = session.isProvisioned ? this.xidFor(session.userId, key) : null;
      if (xid !== null && session.userId !== entry.from) this.push(session.userId, xid, toMeta(entry));
    }
  }

  private push(userId: number, xid: number, meta: Meta): void {
    const session = this.sessions.find((other) => other.userId === userId);
    if (session) this.answerSync(session, { status: { code: StatusCode.OK }, xid: { uid: BigInt(xid) }, metas: [meta], isEagerSync: true });
  }

  private xidFor(userId: number, key: string): number | null {
    if (key.startsWith("s")) return key === `s${userId}` ? 0 : null;
    if (key.startsWith("g")) return this.groups.get(Number(key.slice(1)))?.includes(userId) ? Number(key.slice(1)) : null;
    const ids = key.slice(1).split("-").map(Number);
    return ids.includes(userId) ? (ids.find((id) => id !== userId) ?? null) : null;
  }

  private answerSync(session: Session, value: Parameters<typeof create<typeof SyncDLSchema>>[1]): void {
    this.answer(session, Command.SYNC, toBinary(SyncDLSchema, create(SyncDLSchema, value)));
  }

  private answer(session: Session, command: Command, payload: Uint8Array): void {
    const bytes = toBinary(FrameSchema, create(FrameSchema, { command, payload }));
    queueMicrotask(() => this.sessions.includes(session) && session.handlers.onFrame(bytes));
  }
}

function bodyOf({ payload }: Pick<Entry, "payload">): MessageBody {
  return fromBinary(MessageBodySchema, payload);
}

function toMeta(entry: Entry): Meta {
  return create(MetaSchema, {
    id: BigInt(entry.mid),
    from: { uid: BigInt(entry.from), deviceSN: entry.fromDevice },
    to: { uid: BigInt(entry.to) },
    timestamp: BigInt(entry.timestamp),
    ns: entry.ns,
    payload: entry.payload,
    link: hexToBytes(entry.link),
    position: BigInt(entry.position),
    digest: hexToBytes(entry.digest),
    prevMid: BigInt(entry.prevMid),
  });
}

function operationOf(entry: Entry): MessageOperation | undefined {
  const body = fromBinary(MessageBodySchema, entry.payload);
  return body.type === MessageBody_Type.OPER ? body.operation : undefined;
}
