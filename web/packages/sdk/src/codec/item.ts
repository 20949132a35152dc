import { fromBinary } from "@bufbuild/protobuf";
import {
  ConversationSchema, GroupNoticeSchema, MessageBodySchema, Meta_NameSpace as NameSpace, PresenceSchema, RosterNoticeSchema,
  UserNoticeSchema, type Conversation, type GroupNotice, type MessageBody, type Meta, type RosterNotice, type UserNotice,
} from "../gen/xsync_pb.js";

interface Envelope {
  mid: number;
  from: number;
  fromDevice: number;
  to: number;
  timestamp: number;
  link: Uint8Array;
  position: number;
  digest: Uint8Array;
  prevMid: number;
  /** In history: who took the message back, 0 for what is there. */
  recalledBy: number;
}

export type MessageItem = Envelope & { ns: "message"; body: MessageBody };
export type GroupItem = Envelope & { ns: "group"; body: GroupNotice };
export type RosterItemNotice = Envelope & { ns: "roster"; body: RosterNotice };
export type UserItem = Envelope & { ns: "user"; body: UserNotice };
export type ConversationItem = Envelope & { ns: "conversation"; body: Conversation };
export type PresenceItem = Envelope & { ns: "presence"; body: { userId: number; isOnline: boolean; since: number } };
export type OtherItem = Envelope & { ns: "other"; body: null };

/** Anything stored in or pushed through a conversation (wire: Meta). */
export type Item = MessageItem | GroupItem | RosterItemNotice | UserItem | ConversationItem | PresenceItem | OtherItem;

export function decodeItem(meta: Meta): Item {
  const envelope: Envelope = {
    mid: Number(meta.id),
    from: Number(meta.from?.uid ?? 0n),
    fromDevice: meta.from?.deviceSN ?? 0,
    to: Number(meta.to?.uid ?? 0n),
    timestamp: Number(meta.timestamp),
    link: meta.link,
    position: Number(meta.position),
    digest: meta.digest,
    prevMid: Number(meta.prevMid),
    recalledBy: Number(meta.recalledBy),
  };
  try {
    return { ...envelope, ...decodeBody(meta) };
  } catch {
    // One unreadable body must not lose the rest of its batch.
    return { ...envelope, ns: "other", body: null };
  }
}

type Body<T> = T extends Item ? Pick<T, "ns" | "body"> : never;

function decodeBody(meta: Meta): Body<Item> {
  switch (meta.ns) {
    case NameSpace.MESSAGE:
      return { ns: "message", body: fromBinary(MessageBodySchema, meta.payload) };
    case NameSpace.GROUP_NOTICE:
      return { ns: "group", body: fromBinary(GroupNoticeSchema, meta.payload) };
    case NameSpace.ROSTER_NOTICE:
      return { ns: "roster", body: fromBinary(RosterNoticeSchema, meta.payload) };
    case NameSpace.USER_NOTICE:
      return { ns: "user", body: fromBinary(UserNoticeSchema, meta.payload) };
    case NameSpace.CONVERSATION:
      return { ns: "conversation", body: fromBinary(ConversationSchema, meta.payload) };
    case NameSpace.PRESENCE: {
      const presence = fromBinary(PresenceSchema, meta.payload);
      return { ns: "presence", body: { userId: Number(presence.uid), isOnline: presence.isOnline, since: Number(presence.since) } };
    }
    default:
      return { ns: "other", body: null };
  }
}
