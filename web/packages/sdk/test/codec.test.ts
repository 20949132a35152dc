import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { decodeFrame, encodeAck, encodeHistory, encodeProvision, encodePull, encodeUnread, encodeWatch } from "../src/codec/frame.js";
import {
  Frame_Command as Command, FrameSchema, Meta_NameSpace as NameSpace, MetaSchema, PresenceSchema, Provision_OsType, ProvisionSchema, SyncDLSchema, SyncULSchema,
} from "../src/gen/xsync_pb.js";

function payloadOf(bytes: Uint8Array, command: Command): Uint8Array {
  const frame = fromBinary(FrameSchema, bytes);
  expect(frame.command).toBe(command);
  return frame.payload;
}

function syncOf(bytes: Uint8Array) {
  return fromBinary(SyncULSchema, payloadOf(bytes, Command.SYNC));
}

function downlink(metas: Parameters<typeof create<typeof MetaSchema>>[1][]): Uint8Array {
  const payload = toBinary(SyncDLSchema, create(SyncDLSchema, { status: { code: 1 }, xid: { uid: 0n }, isEagerSync: true, metas: metas.map((meta) => create(MetaSchema, meta)) }));
  return toBinary(FrameSchema, create(FrameSchema, { command: Command.SYNC, payload }));
}

describe("frames", () => {
  it("PROVISION names device and capabilities", () => {
    const provision = fromBinary(ProvisionSchema, payloadOf(encodeProvision({ userId: 42, deviceSn: 7, token: "t", deviceGuid: "42_1" }), Command.PROVISION));
    expect(provision).toMatchObject({ token: "t", osType: Provision_OsType.WEB, deviceGuid: "42_1", deviceInfo: "Cerulean Web", capabilities: 7, xid: { uid: 42n, deviceSN: 7 } });
  });

  it("heartbeat has no payload", () => expect(payloadOf(encodeUnread(), Command.UNREAD)).toHaveLength(0));

  it("pull, history, acknowledgement and watch differ as the wire wants", () => {
    expect(syncOf(encodePull(5, 9))).toMatchObject({ xid: { uid: 5n }, key: 9n, isFullSync: false, ackOnly: false });
    expect(syncOf(encodeHistory(5, 9, 20))).toMatchObject({ key: 9n, isFullSync: true, fullSyncNum: 20 });
    expect(syncOf(encodeAck(5, 9))).toMatchObject({ key: 9n, ackOnly: true });
    expect(syncOf(encodeWatch([1, 2])).watchPresence).toEqual([1n, 2n]);
    expect(syncOf(encodeWatch([])).watchPresence).toEqual([0n]);
  });

  it("presence is decoded", () => {
    const payload = toBinary(PresenceSchema, create(PresenceSchema, { uid: 5n, isOnline: true, since: 1_700_000_000_000n }));
    expect(decodeFrame(downlink([{ ns: NameSpace.PRESENCE, payload }]))).toMatchObject({
      isEager: true, items: [{ ns: "presence", body: { userId: 5, isOnline: true, since: 1_700_000_000_000 } }],
    });
  });

  it("unreadable body does not lose its neighbours", () => {
    const frame = decodeFrame(downlink([{ id: 1n, ns: NameSpace.MESSAGE, payload: Uint8Array.of(0xff) }, { id: 2n, ns: NameSpace.MESSAGE }]));
    expect(frame).toMatchObject({ items: [{ mid: 1, ns: "other" }, { mid: 2, ns: "message" }] });
  });

  it("unknown command is ignored, garbage throws", () => {
    expect(decodeFrame(toBinary(FrameSchema, create(FrameSchema, { command: 77 as Command })))).toBeNull();
    expect(() => decodeFrame(Uint8Array.of(0xff, 0xff))).toThrow();
  });
});
