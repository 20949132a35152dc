import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ConversationOperation_OpType as OpType, MessageOperation_OpType, MessageBodySchema, Meta_NameSpace, UserNotice_Type as UserNotice,
} from "../src/gen/xsync_pb.js";
import { fromBinary } from "@bufbuild/protobuf";
import { ALICE, BOB, CAROL, record, settle, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const GROUP = 9001;

describe("what I do on another device", () => {
  it("pins and mutes here, or no longer, and nothing that is not listed", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.say(BOB, ALICE, "one");
    await settle();
    const shown = () => {
      const { isPinned, isMuted } = alice.conversations.find(BOB) ?? {};
      return { isPinned, isMuted };
    };
    const steps = [
      [OpType.PIN, { isPinned: true, isMuted: false }], [OpType.MUTE, { isPinned: true, isMuted: true }],
      [OpType.UNPIN, { isPinned: false, isMuted: true }], [OpType.UNMUTE, { isPinned: false, isMuted: false }],
    ] as const;
    for (const [type, expected] of steps) {
      world.server.conversationOperation(type, ALICE, BOB);
      await settle();
      expect(shown()).toEqual(expected);
    }
    world.server.conversationOperation(OpType.PIN, ALICE, CAROL);
    await settle();
    expect(alice.conversations.find(CAROL)).toBeUndefined();
  });

  it("settings changed elsewhere are told as settings", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    const told = record(alice, "account");
    world.server.userNotice(UserNotice.INFO_UPDATED, ALICE, `{"changed":"settings"}`);
    await settle();
    expect(told).toEqual([{ type: "settings" }]);
  });
});

describe("group messages of older clients", () => {
  it("their author is told once they are read, and of no others", async () => {
    const world = new World();
    world.server.groups.set(GROUP, [ALICE, BOB]);
    const alice = await world.signedIn(ALICE);
    const asking = world.server.say(BOB, GROUP, "who reads this?", { config: JSON.stringify({ groupMemberList: [ALICE] }) });
    world.server.say(BOB, GROUP, "asks others", { config: JSON.stringify({ groupMemberList: [CAROL] }) });
    world.server.say(BOB, GROUP, "asks nobody");
    await settle();
    await alice.conversations.markRead(GROUP);
    await alice.conversations.markRead(GROUP);
    await settle();
    const told = world.server.entries(BOB, 0).filter((entry) => entry.ns === Meta_NameSpace.MESSAGE);
    const operations = told.map((entry) => fromBinary(MessageBodySchema, entry.payload).operation);
    expect(operations.map((operation) => [operation?.type, Number(operation?.mid)])).toEqual([[MessageOperation_OpType.READ_ACK, asking.mid]]);
  });
});
