import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import {
  Frame_Command as Command, FrameSchema, NoticeSchema, Provision_OsType, MessageBodySchema, ProvisionSchema, SyncDLSchema, SyncULSchema, UnreadDLSchema,
  ConversationUnread_ConvType as ConvType, type MessageBody, type MetaSchema, type XIDSchema,
} from "../gen/xsync_pb.js";
import { decodeItem, type Item } from "./item.js";

/** The edge where 64-bit integers become numbers: every id below this line is a `number` under 2^53. */

export const Capability = { ExplicitAck: 1, Presence: 2, Recalls: 4 } as const;

export interface FrameStatus {
  code: number;
  reason: string;
}

export interface ProvisionFrame {
  type: "provision";
  status: FrameStatus;
  userId: number;
  deviceSn: number;
  serverTime: number;
}

export interface UnreadFrame {
  type: "unread";
  status: FrameStatus;
  conversations: { xid: number; n: number; isGroup: boolean }[];
}

export interface SyncFrame {
  type: "sync";
  status: FrameStatus;
  xid: number;
  items: Item[];
  nextKey: number;
  isHistory: boolean;
  isEager: boolean;
}

export interface SendReplyFrame {
  type: "reply";
  status: FrameStatus;
  xid: number;
  clientMid: number;
  serverMid: number;
  serverTime: number;
  prevMid: number;
  editTimestamp: number;
  link: Uint8Array;
  position: number;
  digest: Uint8Array;
  /** What was stored instead of what was sent, if it is something else. */
  body?: MessageBody;
}

export interface NoticeFrame {
  type: "notice";
  xid: number;
}

export type IncomingFrame = ProvisionFrame | UnreadFrame | SyncFrame | SendReplyFrame | NoticeFrame;

export interface ProvisionRequest {
  userId: number;
  deviceSn: number;
  token: string;
  deviceGuid: string;
}

export function encodeProvision(request: ProvisionRequest): Uint8Array {
  return encode(Command.PROVISION, ProvisionSchema, {
    xid: { uid: BigInt(request.userId), deviceSN: request.deviceSn },
    token: request.token,
    osType: Provision_OsType.WEB,
    sdkVsn: "2.0.0",
    deviceGuid: request.deviceGuid,
    // What the list of devices shows, so that people recognise their own.
    deviceInfo: (globalThis.navigator as Navigator | undefined)?.userAgent ?? "Cerulean Web",
    capabilities: Capability.ExplicitAck | Capability.Presence | Capability.Recalls,
  });
}

/** Heartbeat and request for the list of conversations: a frame without payload. */
export function encodeUnread(): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { command: Command.UNREAD }));
}

/** `key` confirms everything up to and including it; 0 continues where this connection stands. */
export function encodePull(xid: number, key: number): Uint8Array {
  return encodeSync({ xid: address(xid), key: BigInt(key) });
}

export function encodeHistory(xid: number, before: number, count: number): Uint8Array {
  return encodeSync({ xid: address(xid), key: BigInt(before), isFullSync: true, fullSyncNum: count });
}

export function encodeAck(xid: number, key: number): Uint8Array {
  return encodeSync({ xid: address(xid), key: BigInt(key), ackOnly: true });
}

export function encodeWatch(userIds: number[]): Uint8Array {
  return encodeSync({ watchPresence: userIds.length === 0 ? [0n] : userIds.map(BigInt) });
}

export function encodeSend(meta: MessageInitShape<typeof MetaSchema>): Uint8Array {
  return encodeSync({ meta });
}

export function address(uid: number, deviceSN = 0): MessageInitShape<typeof XIDSchema> {
  return { uid: BigInt(uid), deviceSN };
}

function encodeSync(value: MessageInitShape<typeof SyncULSchema>): Uint8Array {
  return encode(Command.SYNC, SyncULSchema, value);
}

function encode<D extends DescMessage>(command: Command, schema: D, value: MessageInitShape<D>): Uint8Array {
  const payload = toBinary(schema, create(schema, value));
  return toBinary(FrameSchema, create(FrameSchema, { command, payload }));
}

/** Throws on bytes that are no frame; answers null for commands it does not know. */
export function decodeFrame(bytes: Uint8Array): IncomingFrame | null {
  const frame = fromBinary(FrameSchema, bytes);
  switch (frame.command) {
    case Command.PROVISION:
      return decodeProvision(frame.payload);
    case Command.UNREAD:
      return decodeUnread(frame.payload);
    case Command.SYNC:
      return decodeSync(frame.payload);
    case Command.NOTICE:
      return { type: "notice", xid: Number(fromBinary(NoticeSchema, frame.payload).xid?.uid ?? 0n) };
    default:
      return null;
  }
}

function decodeProvision(payload: Uint8Array): ProvisionFrame {
  const provision = fromBinary(ProvisionSchema, payload);
  return {
    type: "provision",
    status: statusOf(provision.status),
    userId: Number(provision.xid?.uid ?? 0n),
    deviceSn: provision.xid?.deviceSN ?? 0,
    serverTime: Number(provision.serverTime),
  };
}

function decodeUnread(payload: Uint8Array): UnreadFrame {
  const list = fromBinary(UnreadDLSchema, payload);
  return {
    type: "unread",
    status: statusOf(list.status),
    conversations: list.unread.map((entry) => ({
      xid: Number(entry.xid?.uid ?? 0n),
      n: entry.n,
      isGroup: entry.type === ConvType.GROUPCHAT,
    })),
  };
}

function decodeSync(payload: Uint8Array): SyncFrame | SendReplyFrame {
  const sync = fromBinary(SyncDLSchema, payload);
  const status = statusOf(sync.status);
  const xid = Number(sync.xid?.uid ?? 0n);
  if (sync.clientMid !== 0n) {
    return {
      type: "reply",
      status,
      xid,
      clientMid: Number(sync.clientMid),
      serverMid: Number(sync.serverMid),
      serverTime: Number(sync.serverTime),
      prevMid: Number(sync.prevMid),
      editTimestamp: Number(sync.editTimestamp),
      link: sync.link,
      position: Number(sync.position),
      digest: sync.digest,
      ...(sync.body.length > 0 ? { body: fromBinary(MessageBodySchema, sync.body) } : {}),
    };
  }
  return {
    type: "sync",
    status,
    xid,
    items: sync.metas.map(decodeItem),
    nextKey: Number(sync.nextKey),
    isHistory: sync.isFullSync,
    isEager: sync.isEagerSync,
  };
}

function statusOf(status: { code: number; reason: string } | undefined): FrameStatus {
  return { code: status?.code ?? 0, reason: status?.reason ?? "" };
}
