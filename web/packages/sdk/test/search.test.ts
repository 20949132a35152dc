import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MessageBody_ContentType as ContentType } from "../src/gen/xsync_pb.js";
import type { SearchAllProgress, SearchProgress } from "../src/index.js";
import { ALICE, BOB, settle, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Alice, and `count` messages that Bob wrote before she came. */
async function history(count: number) {
  const world = new World();
  for (let index = 1; index <= count; index += 1) world.server.say(BOB, ALICE, index % 50 === 0 ? `Needle ${index}` : `hay ${index}`);
  for (const entry of world.server.entries(ALICE, BOB)) world.server.cursors.set(`${ALICE}/${BOB}`, entry.mid);
  return { world, alice: await world.signedIn(ALICE) };
}

describe("search", () => {
  it("pages through the whole history of the server, newest hit first", async () => {
    const { alice } = await history(250);
    const seen: SearchProgress[] = [];
    const search = alice.messages.search(BOB, { text: "ｎｅｅｄｌｅ" }, { onProgress: (progress) => seen.push(progress) });
    await settle();
    const { hits, scanned, isDone } = await search;
    expect(hits.map((message) => message.text)).toEqual(["Needle 250", "Needle 200", "Needle 150", "Needle 100", "Needle 50"]);
    expect([scanned, isDone]).toEqual([250, true]);
    expect(seen.map((progress) => progress.scanned)).toEqual([0, 100, 200, 250]);
    expect(alice.messages.list(BOB)).toEqual([]);
  });

  it("says that it has found enough, and goes on from there", async () => {
    const { alice } = await history(250);
    const part = async (before?: number) => {
      const search = alice.messages.search(BOB, { text: "needle" }, { limit: 2, ...(before === undefined ? {} : { before }) });
      await settle();
      const { hits, isLimited } = await search;
      return { texts: hits.map((message) => message.text), isLimited, last: hits.at(-1)?.mid };
    };
    const first = await part();
    expect(first).toMatchObject({ texts: ["Needle 250", "Needle 200"], isLimited: true });
    const second = await part(first.last);
    expect(second).toMatchObject({ texts: ["Needle 150", "Needle 100"], isLimited: true });
    expect(await part(second.last)).toMatchObject({ texts: ["Needle 50"], isLimited: false });
  });

  it("stops when it is told to", async () => {
    const { alice } = await history(250);
    const stop = new AbortController();
    const search = alice.messages.search(BOB, { text: "hay" }, { signal: stop.signal, onProgress: ({ scanned }) => scanned >= 100 && stop.abort() });
    await settle();
    await expect(search).resolves.toMatchObject({ scanned: 100, isDone: false });
  });

  it("finds what is stored here while offline", async () => {
    const { world, alice } = await history(60);
    void alice.messages.loadOlder(BOB, 60);
    await settle();
    await settle();
    await alice.messages.loadOlder(BOB, 60);
    world.server.isReachable = false;
    world.server.disconnect();
    await expect(alice.messages.search(BOB, { text: "needle" })).resolves.toMatchObject({ hits: [{ text: "Needle 50" }], isDone: true });
  });

  it("narrows by kind and finds files by name", async () => {
    const { world, alice } = await history(3);
    world.server.say(BOB, ALICE, "", { ctype: ContentType.FILE, attachment: JSON.stringify({ url: "u", dName: "Plan.pdf", fLen: 3 }) });
    world.server.say(BOB, ALICE, "", { ctype: ContentType.IMAGE, attachment: JSON.stringify({ url: "u", dName: "plan.png", fLen: 3 }) });
    await settle();
    const names = async (query: Parameters<typeof alice.messages.search>[1]) => {
      const search = alice.messages.search(BOB, query);
      await settle();
      return (await search).hits.map((message) => message.attachment?.name);
    };
    expect(await names({ text: "PLAN" })).toEqual(["plan.png", "Plan.pdf"]);
    expect(await names({ kinds: ["file"] })).toEqual(["Plan.pdf"]);
    expect(await names({ kinds: ["image"], from: ALICE })).toEqual([]);
  });
});

describe("search over all conversations", () => {
  /** Alice, and five people who wrote to her; some of them said "needle". */
  async function crowd() {
    const world = new World();
    for (const from of [1002, 1003, 1004, 1005, 1006]) {
      for (let index = 1; index <= 120; index += 1) world.server.say(from, ALICE, from % 2 === 0 && index % 60 === 0 ? `Needle ${from} ${index}` : "hay");
    }
    return { world, alice: await world.signedIn(ALICE) };
  }

  const shortly = ({ found }: SearchAllProgress) => found.map(({ xid, hits }) => [xid, hits.map((message) => message.text)]);

  it("finds messages of the server in every conversation, the newest first", async () => {
    const { alice } = await crowd();
    const seen: SearchAllProgress[] = [];
    const search = alice.messages.searchAll({ text: "needle" }, { onProgress: (progress) => seen.push(progress) });
    await settle(1_000);
    const result = await search;
    expect(shortly(result)).toEqual([
      [1006, ["Needle 1006 120", "Needle 1006 60"]],
      [1004, ["Needle 1004 120", "Needle 1004 60"]],
      [1002, ["Needle 1002 120", "Needle 1002 60"]],
    ]);
    expect(result).toMatchObject({ searched: 5, total: 5, failed: 0, isDone: true });
    expect(seen[0]).toMatchObject({ searched: 0, total: 5, isDone: false });
    expect(seen.map(({ searched }) => searched)).toEqual(seen.map(({ searched }) => searched).sort((a, b) => a - b));
  });

  it("finds what the system said, too", async () => {
    const { world, alice } = await crowd();
    world.server.pushes = false;
    world.server.tell(ALICE, "A needle is on sale");
    await Promise.all([alice.conversations.load(), settle()]);
    const search = alice.messages.searchAll({ text: "needle" });
    await settle(1_000);
    expect((await search).found[0]).toMatchObject({ xid: 0, hits: [{ xid: 0, text: "A needle is on sale" }] });
    expect(await search).toMatchObject({ searched: 6, total: 6, failed: 0 });
  });

  it("asks the server about a few conversations at a time", async () => {
    const { world, alice } = await crowd();
    world.server.answersHistory = false;
    const stop = new AbortController();
    const search = alice.messages.searchAll({ text: "needle" }, { signal: stop.signal });
    await settle();
    expect(world.server.histories).toBe(3);
    stop.abort();
    await settle(60_000);
    await expect(search).resolves.toMatchObject({ searched: 0, isDone: false });
    expect(world.server.histories).toBe(3);
  });

  it("ends in each conversation at its limit and says so", async () => {
    const { alice } = await crowd();
    const search = alice.messages.searchAll({ text: "needle" }, { limit: 1 });
    await settle(1_000);
    const { found } = await search;
    expect(found.map(({ hits, hasMore }) => [hits.map((message) => message.text), hasMore])).toEqual([
      [["Needle 1006 120"], true], [["Needle 1004 120"], true], [["Needle 1002 120"], true],
    ]);
  });

  it("goes on where one conversation cannot be read, with what is stored here of it", async () => {
    const { world, alice } = await crowd();
    world.server.refusedHistories.add(1004);
    const search = alice.messages.searchAll({ text: "needle" });
    await settle(1_000);
    const result = await search;
    expect(result.found.map(({ xid }) => xid)).toEqual([1006, 1004, 1002]);
    expect(result).toMatchObject({ searched: 5, failed: 1, isDone: true });
  });

  it("waits its turn where the server is asked too fast", async () => {
    const { world, alice } = await crowd();
    world.server.busyHistories = 2;
    const search = alice.messages.searchAll({ text: "needle" });
    await settle(5_000);
    await expect(search).resolves.toMatchObject({ failed: 0, isDone: true });
    expect((await search).found).toHaveLength(3);
  });

  it("has only what is stored here while offline, and says that it is not all", async () => {
    const { world, alice } = await crowd();
    await Promise.all([alice.messages.loadOlder(1004, 30), settle()]);
    await Promise.all([alice.messages.loadOlder(1004, 30), settle()]);
    world.server.isReachable = false;
    world.server.disconnect();
    const result = await alice.messages.searchAll({ text: "1004 120" });
    expect(shortly(result)).toEqual([[1004, ["Needle 1004 120"]]]);
    expect(result).toMatchObject({ failed: 5, isDone: true });
  });
});

describe("loadTo", () => {
  it("loads older pages until the message is there", async () => {
    const { world, alice } = await history(250);
    const first = world.server.entries(ALICE, BOB)[4]?.mid ?? 0;
    const load = alice.messages.loadTo(BOB, first);
    await settle(1_000);
    await expect(load).resolves.toBe(true);
    expect(alice.messages.find(BOB, first)?.text).toBe("hay 5");
  });

  it("gives up at the beginning of the conversation", async () => {
    const { alice } = await history(120);
    const load = alice.messages.loadTo(BOB, 3);
    await settle(1_000);
    await expect(load).resolves.toBe(false);
  });
});

describe("mentions", () => {
  it("unread ones are listed until they are read", async () => {
    const world = new World();
    world.server.groups.set(50_000, [ALICE, BOB]);
    const alice = await world.signedIn(ALICE);
    world.server.say(BOB, 50_000, "@u1001 look", { config: JSON.stringify({ mentionList: [ALICE] }) });
    world.server.say(BOB, 50_000, "just talk");
    const all = world.server.say(BOB, 50_000, "@all look", { config: JSON.stringify({ mentionAll: true, mentionList: [] }) });
    await settle();
    expect(alice.conversations.find(50_000)?.mentionMids).toEqual([all.mid - 20, all.mid]);
    await alice.conversations.markRead(50_000);
    expect(alice.conversations.find(50_000)?.mentionMids).toEqual([]);
  });
});
