import { readFileSync } from "node:fs";
import { create, fromBinary, ScalarType, toBinary, type DescField, type DescMessage, type Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "../src/codec/frame.js";
import * as pb from "../src/gen/xsync_pb.js";

interface Vector {
  name: string;
  direction: "up" | "down";
  hex: string;
  decoded: Record<string, unknown>;
}

const file = new URL("../../../../spec/vectors.json", import.meta.url);
const { vectors, count } = JSON.parse(readFileSync(file, "utf8")) as { vectors: Vector[]; count: number };

describe("golden vectors", () => {
  it("are all here", () => expect(vectors).toHaveLength(count));

  it.each(vectors)("$name decodes as written", ({ hex, direction, decoded }) => {
    const frame = fromBinary(pb.FrameSchema, bytesOf(hex));
    const plain = toPlain(pb.FrameSchema, frame, payloadSchema(frame, direction));
    expect(prune(plain)).toEqual(prune(decoded));
  });

  it.each(vectors)("$name encodes to the same bytes, up to explicit zeros", ({ hex, direction }) => {
    const bytes = bytesOf(hex);
    const frame = fromBinary(pb.FrameSchema, bytes);
    const schema = payloadSchema(frame, direction);
    const payload = schema ? toBinary(schema, reencodeItems(schema, fromBinary(schema, frame.payload))) : frame.payload;
    const again = toBinary(pb.FrameSchema, create(pb.FrameSchema, { ...frame, payload }));
    expect(canonical(pb.FrameSchema, again, direction)).toEqual(canonical(pb.FrameSchema, bytes, direction));
  });

  it.each(vectors.filter(({ direction }) => direction === "down"))("$name passes the SDK's decoder", ({ hex, decoded }) => {
    const frame = decodeFrame(bytesOf(hex));
    const payload = (decoded["payload"] ?? {}) as Record<string, unknown>;
    if (frame?.type === "sync") expect(frame.items.map((item) => String(item.mid))).toEqual(midsOf(payload).map((mid) => String(Number(mid))));
    expect(frame).not.toBeNull();
  });
});

function midsOf(payload: Record<string, unknown>): string[] {
  return ((payload["metas"] ?? []) as { id?: string }[]).map((meta) => meta.id ?? "0");
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function payloadSchema(frame: pb.Frame, direction: "up" | "down"): DescMessage | null {
  if (frame.payload.length === 0) return null;
  switch (frame.command) {
    case pb.Frame_Command.UNREAD:
      return direction === "up" ? pb.UnreadULSchema : pb.UnreadDLSchema;
    case pb.Frame_Command.SYNC:
      return direction === "up" ? pb.SyncULSchema : pb.SyncDLSchema;
    case pb.Frame_Command.NOTICE:
      return pb.NoticeSchema;
    default:
      return pb.ProvisionSchema;
  }
}

const itemSchemas: Partial<Record<pb.Meta_NameSpace, DescMessage>> = {
  [pb.Meta_NameSpace.MESSAGE]: pb.MessageBodySchema,
  [pb.Meta_NameSpace.GROUP_NOTICE]: pb.GroupNoticeSchema,
  [pb.Meta_NameSpace.ROSTER_NOTICE]: pb.RosterNoticeSchema,
  [pb.Meta_NameSpace.USER_NOTICE]: pb.UserNoticeSchema,
  [pb.Meta_NameSpace.INFO]: pb.InfoSchema,
  [pb.Meta_NameSpace.CONVERSATION]: pb.ConversationSchema,
  [pb.Meta_NameSpace.PUSH]: pb.MessageBodySchema,
  [pb.Meta_NameSpace.RTC_SIGNAL]: pb.RtcSignalSchema,
};

function reencodeItems(schema: DescMessage, message: Message): Message {
  const sent = schema === pb.SyncULSchema ? (message as pb.SyncUL).meta : undefined;
  const metas = schema === pb.SyncDLSchema ? (message as pb.SyncDL).metas : sent ? [sent] : [];
  for (const meta of metas) {
    const inner = itemSchemas[meta.ns];
    if (inner) meta.payload = toBinary(inner, fromBinary(inner, meta.payload));
  }
  return message;
}

/** A message in the form of the vectors' `decoded`: proto names, enums by name, 64-bit integers as text, payloads decoded. */
function toPlain(schema: DescMessage, message: Message, payload: DescMessage | null): Record<string, unknown> {
  const view = reflect(schema, message);
  const plain: Record<string, unknown> = {};
  for (const field of schema.fields) {
    if (!view.isSet(field)) continue;
    const value = (message as unknown as Record<string, unknown>)[field.localName];
    const inner = field.name === "payload" ? (schema === pb.FrameSchema ? payload : (itemSchemas[(message as pb.Meta).ns] ?? null)) : null;
    plain[field.name] = inner ? toPlain(inner, fromBinary(inner, value as Uint8Array), null) : plainField(field, value);
  }
  return plain;
}

function plainField(field: DescField, value: unknown): unknown {
  if (field.fieldKind === "list") return (value as unknown[]).map((entry) => plainValue(field, entry));
  return plainValue(field, value);
}

function plainValue(field: DescField, value: unknown): unknown {
  if (field.message && field.fieldKind !== "map") return toPlain(field.message, value as Message, null);
  if (field.enum) return field.enum.value[value as number]?.name ?? value;
  return typeof value === "bigint" ? value.toString() : value;
}

/** Presence of a zero carries no meaning on this wire, so it is left out on both sides of a comparison. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (typeof value !== "object" || value === null) return value;
  const zeros = new Set<unknown>(["0", 0, "", false, "XSYNC_V1", "NONE", "ENCRYPT_NONE", "UNREAD", "TEXT", "UNKNOWN", "NORMAL", "AT_LEAST_ONCE", "WIRE"]);
  const kept = Object.entries(value).filter(([, entry]) => !zeros.has(entry)).map(([key, entry]) => [key, prune(entry)] as const);
  const isEmpty = (entry: unknown) => (Array.isArray(entry) ? entry.length === 0 : typeof entry === "object" && entry !== null && Object.keys(entry).length === 0);
  return Object.fromEntries(kept.filter(([, entry]) => !isEmpty(entry)));
}

type Wire = [field: number, value: string | Wire][];

/** Fields by number with explicit zeros dropped and nested messages taken apart; bytes stay bytes. */
function canonical(schema: DescMessage, bytes: Uint8Array, direction: "up" | "down"): Wire {
  const reader = new BinaryReader(bytes);
  const message = fromBinary(schema, bytes);
  const out: Wire = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = schema.fields.find((candidate) => candidate.number === number);
    const isNested = wireType === WireType.LengthDelimited;
    const raw = isNested ? reader.bytes() : reader.skip(wireType, number);
    const inner = isNested ? innerSchema(schema, field, message, direction) : null;
    if (inner) out.push([number, canonical(inner, raw, direction)]);
    else if (!isZero(field, raw)) out.push([number, Buffer.from(raw).toString("hex")]);
  }
  return out.sort((a, b) => a[0] - b[0]);
}

function innerSchema(schema: DescMessage, field: DescField | undefined, message: Message, direction: "up" | "down"): DescMessage | null {
  if (field?.name === "payload" && schema === pb.FrameSchema) return payloadSchema(message as pb.Frame, direction);
  if (field?.name === "payload") return itemSchemas[(message as pb.Meta).ns] ?? null;
  return field?.fieldKind === "message" || (field?.fieldKind === "list" && field.listKind === "message") ? (field.message ?? null) : null;
}

function isZero(field: DescField | undefined, raw: Uint8Array): boolean {
  const isText = field?.scalar === ScalarType.STRING || field?.scalar === ScalarType.BYTES;
  return isText ? raw.length === 0 : raw.every((byte) => byte === 0);
}
