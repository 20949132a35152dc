import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ALICE, BOB, CAROL, record, settle, texts, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("receiving", () => {
  it("pushed messages appear once, in order, and are confirmed in one batch", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    const seen = record(alice, "message");
    const last = ["one", "two", "three"].map((text) => world.server.say(BOB, ALICE, text)).at(-1);
    await settle();
    expect(texts(alice, BOB)).toEqual(["one", "two", "three"]);
    expect(seen).toHaveLength(3);
    expect(world.server.session(ALICE).acks).toEqual([{ xid: BOB, key: last?.mid }]);
    expect(world.server.session(ALICE).pulls).toEqual([]);
  });

  it("what came while away is pulled through all pages", async () => {
    const world = new World();
    for (let index = 0; index < 45; index += 1) world.server.say(BOB, ALICE, `text ${index}`);
    const alice = await world.signedIn(ALICE);
    expect(texts(alice, BOB)).toHaveLength(45);
    expect(world.server.session(ALICE).pulls.map((pull) => pull.key)).toHaveLength(4);
    const conversation = alice.conversations.find(BOB);
    expect(conversation).toMatchObject({ unread: 45, name: `Nick ${BOB}`, last: { text: "text 44" } });
  });

  it("gap in prev_mid starts one pull that closes it", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.say(BOB, ALICE, "one");
    await settle();
    world.server.pushes = false;
    world.server.say(BOB, ALICE, "lost 1");
    world.server.say(BOB, ALICE, "lost 2");
    world.server.pushes = true;
    const seen = record(alice, "message");
    const last = world.server.say(BOB, ALICE, "four");
    await settle();
    expect(texts(alice, BOB)).toEqual(["one", "lost 1", "lost 2", "four"]);
    expect(seen.map((message) => message.text).sort()).toEqual(["four", "lost 1", "lost 2"]);
    expect(world.server.session(ALICE).acks.at(-1)).toEqual({ xid: BOB, key: last.mid });
  });

  it("nothing beyond a gap is confirmed before it is closed", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    const first = world.server.say(BOB, ALICE, "one");
    await settle();
    world.server.pushes = false;
    world.server.say(BOB, ALICE, "lost");
    world.server.pushes = true;
    world.server.say(BOB, ALICE, "three");
    await settle(0);
    expect(world.server.session(ALICE).pulls[0]).toEqual({ xid: BOB, key: first.mid });
    await settle();
    expect(texts(alice, BOB)).toHaveLength(3);
  });

  it("item that only crosses the reply to an own send is no gap", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.say(BOB, ALICE, "one");
    await settle();
    await alice.messages.sendText(BOB, "mine");
    await settle();
    world.server.say(BOB, ALICE, "three");
    await settle();
    expect(texts(alice, BOB)).toEqual(["one", "mine", "three"]);
    expect(world.server.session(ALICE).pulls).toEqual([]);
  });

  it("wake makes a pull, and a wake during it only one more", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.pushes = false;
    world.server.say(BOB, ALICE, "silent");
    world.server.wake(ALICE, BOB);
    world.server.wake(ALICE, BOB);
    world.server.wake(ALICE, BOB);
    await settle();
    expect(texts(alice, BOB)).toEqual(["silent"]);
    expect(world.server.session(ALICE).pulls).toHaveLength(3);
  });

  it("cursor survives a reload: nothing is pulled twice, messages come from the cache", async () => {
    const world = new World();
    const browser = world.browser();
    const first = await world.signedIn(ALICE, browser);
    world.server.say(BOB, ALICE, "one");
    await settle();
    void first;
    world.server.disconnect();
    world.server.say(BOB, ALICE, "two");
    const second = world.client(browser);
    expect(await second.resume()).toBe(true);
    const seen = record(second, "message");
    await settle();
    await second.messages.loadOlder(BOB, 10);
    expect(seen.map((message) => message.text)).toEqual(["two"]);
    expect(texts(second, BOB)).toEqual(["one", "two"]);
  });

  it("group messages belong to the group", async () => {
    const world = new World();
    world.server.groups.set(9001, [ALICE, BOB, CAROL]);
    const alice = await world.signedIn(ALICE);
    world.server.say(CAROL, 9001, "hello all");
    await settle();
    expect(alice.messages.list(9001)).toMatchObject([{ from: CAROL, text: "hello all", isMine: false }]);
    expect(alice.conversations.find(9001)).toMatchObject({ kind: "group", name: "Group 9001", unread: 1 });
  });

  it("mention of me marks the conversation until it is read", async () => {
    const world = new World();
    world.server.groups.set(9001, [ALICE, BOB]);
    const alice = await world.signedIn(ALICE);
    world.server.say(BOB, 9001, "@alice", { config: JSON.stringify({ mentionAll: false, mentionList: [ALICE] }) });
    await settle();
    expect(alice.conversations.find(9001)).toMatchObject({ isMentioned: true, unread: 1 });
    await alice.conversations.markRead(9001);
    expect(alice.conversations.find(9001)).toMatchObject({ isMentioned: false, unread: 0 });
  });
});

describe("history", () => {
  it("pages backwards without holes or repeats", async () => {
    const world = new World();
    for (let index = 0; index < 25; index += 1) world.server.say(BOB, ALICE, `text ${index}`);
    world.server.cursors.set(`${ALICE}/${BOB}`, Number.MAX_SAFE_INTEGER);
    const alice = await world.signedIn(ALICE);
    expect(texts(alice, BOB)).toEqual([]);
    expect(await alice.messages.loadOlder(BOB, 10)).toEqual({ hasMore: true });
    expect(texts(alice, BOB)[0]).toBe("text 15");
    expect(await alice.messages.loadOlder(BOB, 10)).toEqual({ hasMore: true });
    expect(await alice.messages.loadOlder(BOB, 10)).toEqual({ hasMore: false });
    expect(texts(alice, BOB)).toEqual(Array.from({ length: 25 }, (_, index) => `text ${index}`));
  });

  it("list is the same array until something in it changes", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.say(BOB, ALICE, "one");
    await settle();
    const before = alice.messages.list(BOB);
    expect(alice.messages.list(BOB)).toBe(before);
    expect(alice.conversations.list()).toBe(alice.conversations.list());
    world.server.say(BOB, ALICE, "two");
    await settle();
    expect(alice.messages.list(BOB)).not.toBe(before);
  });

  it("cached message that the server no longer has disappears", async () => {
    const world = new World();
    const browser = world.browser();
    const first = await world.signedIn(ALICE, browser);
    const [, gone] = ["one", "two", "three"].map((text) => world.server.say(BOB, ALICE, text));
    await settle();
    void first;
    world.server.disconnect();
    const key = `p${ALICE}-${BOB}`;
    world.server.lines.set(key, (world.server.lines.get(key) ?? []).filter((entry) => entry.mid !== gone?.mid));
    const second = world.client(browser);
    await second.resume();
    await settle();
    await second.messages.loadOlder(BOB, 10);
    expect(texts(second, BOB)).toEqual(["one", "three"]);
  });
});
