import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MessageBody_QoS, MessageOperation_OpType as OpType } from "../src/gen/xsync_pb.js";
import { ALICE, BOB, record, settle, texts, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function pair() {
  const world = new World();
  return { world, alice: await world.signedIn(ALICE), bob: await world.signedIn(BOB) };
}

describe("read marks", () => {
  it("reading sends one READ_ALL and one READ_ACK; the author sees everything up to it as read", async () => {
    const { world, alice, bob } = await pair();
    for (const text of ["one", "two", "three"]) await alice.messages.sendText(BOB, text);
    await settle();
    expect(bob.conversations.find(ALICE)?.unread).toBe(3);
    const before = world.server.sends;
    await bob.conversations.markRead(ALICE);
    await bob.conversations.markRead(ALICE);
    await settle();
    expect(world.server.sends - before).toBe(2);
    expect(bob.conversations.find(ALICE)?.unread).toBe(0);
    expect(alice.messages.list(BOB).map((message) => message.status)).toEqual(["read", "read", "read"]);
    expect(alice.conversations.find(BOB)?.last?.status).toBe("read");
  });

  it("READ_ALL of another own device clears the count", async () => {
    const { world, alice } = await pair();
    const { mid } = world.server.say(BOB, ALICE, "one");
    await settle();
    world.server.operate(ALICE, ALICE, OpType.READ_ALL, mid, { xid: BOB });
    const line = world.server.entries(ALICE, 0).at(-1);
    expect(line).toBeDefined();
    // The fake keeps items from their own sender, so the other device's mark is put in by hand.
    world.server.cursors.set(`${ALICE}/0`, 0);
    expect(alice.conversations.find(BOB)?.unread).toBe(1);
    if (line) line.from = 0;
    world.server.wake(ALICE, 0);
    await settle();
    expect(alice.conversations.find(BOB)?.unread).toBe(0);
  });

  it("mark made offline follows after the reconnect", async () => {
    const { world, alice, bob } = await pair();
    await alice.messages.sendText(BOB, "one");
    await settle();
    world.server.isReachable = false;
    world.server.disconnect();
    await bob.conversations.markRead(ALICE);
    world.server.isReachable = true;
    await settle(5_000);
    expect(alice.messages.list(BOB)).toMatchObject([{ status: "read" }]);
  });

  it("a mark made offline is told after a reload too", async () => {
    const world = new World();
    const browser = world.browser();
    const alice = await world.signedIn(ALICE);
    const bob = await world.signedIn(BOB, browser);
    await alice.messages.sendText(BOB, "hello");
    await settle();
    world.server.session(BOB).handlers.onClose();
    world.server.isReachable = false;
    await bob.conversations.markRead(ALICE);
    await bob.dispose();
    world.server.say(ALICE, BOB, "newer");
    world.server.isReachable = true;
    const again = world.client(browser);
    await again.resume();
    expect(again.conversations.find(ALICE)?.unread ?? 0).toBe(0);
    await settle(5_000);
    expect(again.conversations.find(ALICE)?.unread).toBe(1);
    expect(alice.messages.list(BOB).find(({ text }) => text === "hello")).toMatchObject({ status: "read" });
  });

  it("what is pushed while the list is on its way after a reload is counted once, on what the server counts", async () => {
    const world = new World();
    const browser = world.browser();
    const bob = await world.signedIn(BOB, browser);
    for (const text of ["one", "two", "three"]) world.server.say(ALICE, BOB, text);
    await settle(1_000);
    expect(bob.conversations.find(ALICE)?.unread).toBe(3);
    await bob.dispose();
    // Read on another device meanwhile.
    const newest = world.server.entries(BOB, ALICE).at(-1)!.mid;
    world.server.operate(BOB, BOB, OpType.READ_ALL, newest, { xid: ALICE });

    const made = world.server.conversations(BOB);
    let isHeld = true;
    world.rest.on("GET /client/v1/conversations", () => {
      if (isHeld) world.server.say(ALICE, BOB, "four");
      const items = isHeld ? made : world.server.conversations(BOB);
      isHeld = false;
      return { items, next_cursor: null };
    });
    const again = world.client(browser);
    await again.resume();
    expect(again.conversations).toMatchObject({ isStale: true });
    await settle();
    expect(again.conversations).toMatchObject({ isStale: false });
    expect(again.conversations.find(ALICE)?.unread).toBe(1);
  });

  it("a list made before a mark does not bring back what was read, and is fetched anew where there is more", async () => {
    const { world, bob } = await pair();
    for (const text of ["one", "two", "three"]) world.server.say(ALICE, BOB, text);
    await settle();
    world.server.pushes = false;
    world.server.say(ALICE, BOB, "four");
    const made = world.server.conversations(BOB);
    await Promise.all([bob.conversations.markRead(ALICE), settle()]);
    let isFirst = true;
    world.rest.on("GET /client/v1/conversations", () => {
      const items = isFirst ? made : world.server.conversations(BOB);
      isFirst = false;
      return { items, next_cursor: null };
    });
    await bob.conversations.load();
    expect(bob.conversations.find(ALICE)?.unread).toBe(1);
  });

  it("what arrived beside a mark made offline stays unread", async () => {
    const { world, alice, bob } = await pair();
    await alice.messages.sendText(BOB, "one");
    await settle();
    world.server.isReachable = false;
    world.server.disconnect();
    await bob.conversations.markRead(ALICE);
    world.server.say(ALICE, BOB, "two");
    world.server.isReachable = true;
    await settle(5_000);
    expect(bob.conversations.find(ALICE)).toMatchObject({ unread: 1, last: { text: "two" } });
    await bob.conversations.markRead(ALICE);
    await settle();
    expect(bob.conversations.find(ALICE)?.unread).toBe(0);
  });
});

describe("delivery marks", () => {
  it("what arrives is told to its author once per moment, and outlives a reload there", async () => {
    const world = new World();
    const browser = world.browser();
    const [alice] = [await world.signedIn(ALICE, browser), await world.signedIn(BOB)];
    for (const text of ["one", "two", "three"]) await alice.messages.sendText(BOB, text);
    const before = world.server.sends;
    await settle(1_000);
    expect(alice.messages.list(BOB).map((message) => message.status)).toEqual(["delivered", "delivered", "delivered"]);
    expect(world.server.sends - before).toBe(1);
    await alice.dispose();
    const again = world.client(browser);
    await again.resume();
    await settle();
    await again.messages.loadOlder(BOB);
    expect(again.messages.list(BOB).map((message) => message.status)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it("groups and what is read already cause none", async () => {
    const world = new World();
    world.server.groups.set(50_000, [ALICE, BOB]);
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB)];
    await alice.messages.sendText(50_000, "all");
    await alice.messages.sendText(BOB, "you");
    await settle(100);
    await bob.conversations.markRead(ALICE);
    const before = world.server.sends;
    await settle(2_000);
    expect(world.server.sends).toBe(before);
    expect(alice.messages.list(50_000)).toMatchObject([{ status: "sent" }]);
  });
});

describe("marks for messages of a group", () => {
  it("say nothing about the conversation with the reader", async () => {
    const { world, alice } = await pair();
    world.server.groups.set(50_000, [ALICE, BOB]);
    await alice.messages.sendText(BOB, "between us");
    await settle();
    world.server.sends = 0;
    const ofGroup = world.server.say(BOB, 50_000, "for all");
    await alice.messages.sendText(BOB, "later");
    await settle(100);
    world.server.operate(BOB, ALICE, OpType.READ_ACK, ofGroup.mid);
    await settle(100);
    expect(alice.messages.list(BOB)).toMatchObject([{ status: "sent" }, { status: "sent" }]);
  });
});

describe("operations on messages", () => {
  it("recall removes on both sides", async () => {
    const { alice, bob } = await pair();
    await alice.messages.sendText(BOB, "keep");
    await alice.messages.sendText(BOB, "oops");
    await settle();
    const removed = record(bob, "message-removed");
    const mid = alice.messages.list(BOB)[1]?.mid ?? 0;
    await alice.messages.recall(BOB, mid);
    await settle();
    expect([texts(alice, BOB), texts(bob, ALICE)]).toEqual([["keep"], ["keep"]]);
    expect(removed).toMatchObject([{ xid: ALICE, mid, cause: "recalled", by: ALICE }]);
    expect(bob.conversations.find(ALICE)).toMatchObject({ last: { text: "keep" }, unread: 1 });
  });

  it("recall leaves a line without content that survives a reload and is no message", async () => {
    const world = new World();
    const browser = world.browser();
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB, browser)];
    for (const text of ["one", "secret", "three"]) await alice.messages.sendText(BOB, text);
    await settle();
    const mid = alice.messages.list(BOB)[1]?.mid ?? 0;
    await alice.messages.recall(BOB, mid);
    await settle();
    await bob.dispose();
    const again = world.client(browser);
    await again.resume();
    await settle();
    await again.messages.loadOlder(ALICE, 2);
    await again.messages.loadOlder(ALICE, 2);
    const list = again.messages.list(ALICE);
    expect(list.map((message) => [message.text, message.recalledBy])).toEqual([["one", undefined], ["", ALICE], ["three", undefined]]);
    expect(list[1]).toMatchObject({ mid, from: ALICE });
    expect(JSON.stringify(list)).not.toContain("secret");
  });

  it("recall of a message this device never had leaves its line too", async () => {
    const { world, alice } = await pair();
    world.server.say(BOB, ALICE, "seen");
    await settle();
    world.server.operate(BOB, ALICE, OpType.RECALL, 5_000, { xid: ALICE });
    world.server.operate(BOB, ALICE, OpType.RECALL, 5_000, { xid: ALICE });
    await settle();
    expect(alice.messages.list(BOB).map((message) => message.recalledBy)).toEqual([undefined, BOB]);
    expect(alice.conversations.find(BOB)?.last?.text).toBe("seen");
  });

  it("a device that signs in later has the lines of what was recalled, whoever recalled it, and no search finds them", async () => {
    const { world, alice, bob } = await pair();
    for (const text of ["one", "secret", "three"]) await alice.messages.sendText(BOB, text);
    await settle();
    const { mid = 0, timestamp } = alice.messages.list(BOB)[1] ?? {};
    await alice.messages.recall(BOB, mid);
    await settle();
    await bob.dispose();
    const later = await world.signedIn(BOB);
    await Promise.all([later.messages.loadOlder(ALICE), settle()]);
    expect(later.messages.list(ALICE).map((message) => [message.text, message.recalledBy])).toEqual([["one", undefined], ["", ALICE], ["three", undefined]]);
    expect(later.messages.find(ALICE, mid)).toMatchObject({ from: ALICE, timestamp, isMine: false });
    const [{ hits }] = await Promise.all([later.messages.search(ALICE, {}), settle()]);
    expect(hits.map((message) => message.text)).toEqual(["three", "one"]);
    expect(later.conversations.find(ALICE)?.last?.text).toBe("three");
  });

  it("what the server says of a recalled message replaces the guess of a device that never had it", async () => {
    const world = new World();
    const browser = world.browser();
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB, browser)];
    await bob.dispose();
    await alice.messages.sendText(BOB, "secret");
    await settle();
    const { mid = 0, timestamp } = alice.messages.list(BOB)[0] ?? {};
    await alice.messages.recall(BOB, mid);
    await settle();
    const again = world.client(browser);
    await again.resume();
    await settle();
    await Promise.all([again.messages.loadOlder(ALICE), settle()]);
    await Promise.all([again.messages.loadOlder(ALICE), settle()]);
    const list = again.messages.list(ALICE);
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ mid, timestamp, from: ALICE, recalledBy: ALICE });
  });

  it("lines of what was recalled stay with servers that do not tell of them", async () => {
    const world = new World();
    world.server.tellsRecalls = false;
    const browser = world.browser();
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB, browser)];
    for (const text of ["one", "secret", "three"]) await alice.messages.sendText(BOB, text);
    await settle();
    await alice.messages.recall(BOB, alice.messages.list(BOB)[1]?.mid ?? 0);
    await settle();
    await bob.dispose();
    const again = world.client(browser);
    await again.resume();
    await settle();
    await Promise.all([again.messages.loadOlder(ALICE, 2), settle()]);
    await Promise.all([again.messages.loadOlder(ALICE, 2), settle()]);
    expect(again.messages.list(ALICE).map((message) => message.recalledBy)).toEqual([undefined, ALICE, undefined]);
  });

  it("delete for me leaves the other side alone", async () => {
    const { alice, bob } = await pair();
    await alice.messages.sendText(BOB, "mine only");
    await settle();
    await alice.messages.deleteForMe(BOB, alice.messages.list(BOB)[0]?.mid ?? 0);
    await settle();
    expect([texts(alice, BOB), texts(bob, ALICE)]).toEqual([[], ["mine only"]]);
  });

  it("edit replaces the text on both sides", async () => {
    const { alice, bob } = await pair();
    await alice.messages.sendText(BOB, "helo");
    await settle();
    const changed = record(bob, "message-changed");
    await alice.messages.edit(BOB, alice.messages.list(BOB)[0]?.mid ?? 0, "hello");
    await settle();
    expect([texts(alice, BOB), texts(bob, ALICE)]).toEqual([["hello"], ["hello"]]);
    expect(changed).toHaveLength(1);
    expect(alice.messages.list(BOB)[0]?.editedAt).toBeGreaterThan(0);
    expect(bob.conversations.find(ALICE)?.last?.text).toBe("hello");
  });

  it("streamed APPENDs add up, also within one millisecond, and a repeat does not count twice", async () => {
    const { world, alice } = await pair();
    const { mid, timestamp } = world.server.say(BOB, ALICE, "a");
    await settle();
    const editTimestamp = timestamp + 100;
    world.server.operate(BOB, ALICE, OpType.APPEND, mid, { content: "b", editTimestamp });
    world.server.operate(BOB, ALICE, OpType.APPEND, mid, { content: "c", editTimestamp });
    await settle();
    expect(texts(alice, BOB)).toEqual(["abc"]);
    world.server.cursors.set(`${ALICE}/${BOB}`, 0);
    world.server.disconnect();
    await settle(5_000);
    expect(texts(alice, BOB)).toEqual(["abc"]);
  });
});

describe("typing", () => {
  it("arrives, is throttled, and runs out by itself", async () => {
    const { alice, bob } = await pair();
    await alice.messages.sendText(BOB, "hi");
    await settle();
    const seen = record(bob, "typing");
    for (let index = 0; index < 5; index += 1) alice.conversations.setTyping(BOB, true);
    await settle();
    expect(seen).toEqual([{ xid: ALICE, userId: ALICE, isTyping: true }]);
    expect(bob.conversations.find(ALICE)?.typing).toEqual([ALICE]);
    await settle(6_000);
    expect(seen.at(-1)).toEqual({ xid: ALICE, userId: ALICE, isTyping: false });
    expect(bob.messages.list(ALICE)).toHaveLength(1);
  });

  it("is not stored and not counted", async () => {
    const { world, bob } = await pair();
    world.server.pushes = true;
    world.server.say(ALICE, BOB, "", { qos: MessageBody_QoS.AT_MOST_ONCE, ext: '{"input_status":"typing"}' });
    await settle();
    expect(bob.messages.list(ALICE)).toEqual([]);
  });
});
