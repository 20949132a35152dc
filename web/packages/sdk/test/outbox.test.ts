import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CeruleanError } from "../src/index.js";
import { ALICE, BOB, CAROL, record, settle, texts, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("sending", () => {
  it("goes from queued over sending to sent and reaches the peer", async () => {
    const world = new World();
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB)];
    const statuses = record(alice, "message-status");
    const message = await alice.messages.sendText(BOB, "hello");
    await settle();
    expect(statuses.map((event) => event.status)).toEqual(["queued", "sending", "sent"]);
    expect(alice.messages.list(BOB)).toMatchObject([{ localId: message.localId, text: "hello", status: "sent", position: 1, isMine: true }]);
    expect(bob.messages.list(ALICE)).toMatchObject([{ from: ALICE, text: "hello", isMine: false }]);
  });

  it("shows and keeps what the server stored instead of what was written, in edits too", async () => {
    const world = new World();
    const browser = world.browser();
    const alice = await world.signedIn(ALICE, browser);
    await alice.messages.sendText(BOB, "rude");
    await settle();
    expect(alice.messages.list(BOB)).toMatchObject([{ text: "r**e", status: "sent", isMine: true }]);
    expect(alice.conversations.find(BOB)?.last?.text).toBe("r**e");
    expect(await browser.store.listMessages(BOB, Number.MAX_SAFE_INTEGER, 10)).toMatchObject([{ text: "r**e" }]);
    await alice.messages.sendText(BOB, "fine");
    await settle();
    const fine = alice.messages.list(BOB).at(-1)!;
    await Promise.all([alice.messages.edit(BOB, fine.mid, "rude"), settle()]);
    expect(texts(alice, BOB)).toEqual(["r**e", "r**e"]);
  });

  it("a Markdown message stands in the list of conversations without its signs", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    await alice.messages.sendText(BOB, "**Note:** see `x`", { format: "markdown" });
    await settle();
    expect(alice.conversations.find(BOB)?.last?.text).toBe("Note: see x");
  });

  it("keeps the order of a burst", async () => {
    const world = new World();
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB)];
    const words = Array.from({ length: 20 }, (_, index) => `word ${index}`);
    await Promise.all(words.map((word) => alice.messages.sendText(BOB, word)));
    await settle();
    expect(texts(bob, ALICE)).toEqual(words);
    expect(texts(alice, BOB)).toEqual(words);
  });

  it("waits offline, then sends in order", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.isReachable = false;
    world.server.disconnect();
    await alice.messages.sendText(BOB, "first");
    await alice.messages.sendText(BOB, "second");
    expect(alice.messages.list(BOB).map((message) => message.status)).toEqual(["queued", "queued"]);
    world.server.isReachable = true;
    await settle(5_000);
    expect(world.server.entries(ALICE, BOB)).toHaveLength(2);
    expect(alice.messages.list(BOB).map((message) => [message.text, message.status])).toEqual([["first", "sent"], ["second", "sent"]]);
  });

  it("a text written after a file in a tunnel follows it, and the count says what waits", async () => {
    const world = new World();
    world.rest.on("GET /file/upload/chat", () => ({ upload_url: "http://server.test/up", download_url: "http://server.test/file", oss_body_param: {} }));
    const browser = world.browser();
    const first = await world.signedIn(ALICE, browser);
    world.server.isReachable = false;
    world.server.disconnect();
    await first.messages.sendText(BOB, "look at this:");
    await first.messages.sendFile(BOB, new Blob(["12345"]), { name: "plan.pdf" });
    await first.messages.sendText(BOB, "what do you think?");
    expect(first.messages.waitingCount()).toBe(3);
    await first.dispose();
    world.server.isReachable = true;
    const second = world.client(browser);
    await second.resume();
    await settle(5_000);
    expect(second.messages.list(BOB).map((message) => message.text || message.attachment?.name)).toEqual(["look at this:", "plan.pdf", "what do you think?"]);
    expect(world.server.entries(ALICE, BOB)).toHaveLength(3);
    expect(second.messages.waitingCount()).toBe(0);
  });

  it("files arrive in the order chosen, and a text after them, whatever uploads first", async () => {
    const world = new World();
    world.rest.on("GET /file/upload/chat", () => ({ upload_url: "http://server.test/up", download_url: "http://server.test/file", oss_body_param: {} }));
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB)];
    const uploads = world.holdUploads();
    for (const name of ["large.bin", "small.bin"]) await alice.messages.sendFile(BOB, new Blob(["x"]), { name });
    await alice.messages.sendText(BOB, "these two");
    await alice.messages.sendText(CAROL, "elsewhere");
    await settle();
    expect(alice.messages.list(BOB).map((message) => message.status)).toEqual(["sending", "sending", "queued"]);
    expect(alice.messages.list(CAROL)).toMatchObject([{ status: "sent" }]);
    uploads.finish("small.bin");
    await settle();
    expect(bob.messages.list(ALICE)).toEqual([]);
    uploads.finish("large.bin");
    await settle();
    expect(bob.messages.list(ALICE).map((message) => message.text || message.attachment?.name)).toEqual(["large.bin", "small.bin", "these two"]);
  });

  it("what is dropped or failed holds up nothing", async () => {
    const world = new World();
    world.rest.on("GET /file/upload/chat", () => ({ upload_url: "http://server.test/up", download_url: "http://server.test/file", oss_body_param: {} }));
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB)];
    world.holdUploads();
    const file = await alice.messages.sendFile(BOB, new Blob(["x"]), { name: "large.bin" });
    await alice.messages.sendText(BOB, "forbidden");
    await alice.messages.sendText(BOB, "after all");
    await settle();
    expect(texts(bob, ALICE)).toEqual([]);
    await alice.messages.discard(file.localId);
    await settle();
    expect(texts(bob, ALICE)).toEqual(["after all"]);
  });

  it("a failed message stands where it was written, and does not hide what is newer", async () => {
    const world = new World();
    const browser = world.browser();
    const alice = await world.signedIn(ALICE, browser);
    vi.setSystemTime(1_700_000_000_000);
    const { localId } = await alice.messages.sendText(BOB, "forbidden");
    await settle();
    expect(alice.conversations.find(BOB)?.last?.text).toBe("forbidden");
    world.server.say(BOB, ALICE, "newer");
    await settle();
    await alice.dispose();
    const second = world.client(browser);
    await second.resume();
    await settle(5_000);
    await second.messages.loadOlder(BOB, 10);
    expect(texts(second, BOB)).toEqual(["forbidden", "newer"]);
    expect(second.conversations.find(BOB)?.last?.text).toBe("newer");
    await second.messages.discard(localId);
    expect(texts(second, BOB)).toEqual(["newer"]);
  });

  it("reply lost: sent again after the reconnect with the same key, stored once", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.answersSends = false;
    await alice.messages.sendText(BOB, "only once");
    await settle();
    expect(alice.messages.list(BOB)).toMatchObject([{ status: "sending", mid: 0 }]);
    world.server.disconnect();
    world.server.answersSends = true;
    await settle(5_000);
    expect(world.server.sends).toBe(2);
    expect(world.server.entries(ALICE, BOB)).toHaveLength(1);
    expect(alice.messages.list(BOB)).toMatchObject([{ status: "sent", text: "only once" }]);
  });

  it("outbox survives a reload, and the copy that history brings is not shown twice", async () => {
    const world = new World();
    const browser = world.browser();
    const first = await world.signedIn(ALICE, browser);
    world.server.answersSends = false;
    const { localId } = await first.messages.sendText(BOB, "across a reload");
    await settle();
    world.server.disconnect();
    world.server.isReachable = false;
    const second = world.client(browser);
    await second.resume();
    expect(second.messages.list(BOB)).toMatchObject([{ localId, text: "across a reload", status: "queued" }]);
    world.server.isReachable = true;
    await settle(5_000);
    await second.messages.loadOlder(BOB, 10);
    world.server.answersSends = true;
    world.server.disconnect();
    await settle(5_000);
    expect(second.messages.list(BOB)).toMatchObject([{ localId, status: "sent" }]);
    expect(world.server.entries(ALICE, BOB)).toHaveLength(1);
  });

  it("a message that was stored and not answered before a reload is shown once all the time, whichever comes first", async () => {
    const world = new World();
    const browser = world.browser();
    const first = await world.signedIn(ALICE, browser);
    world.server.answersSends = false;
    const { localId } = await first.messages.sendText(BOB, "once");
    await settle();
    await first.dispose();
    const second = world.client(browser);
    await second.resume();
    await settle();
    expect(texts(second, BOB)).toEqual(["once"]);
    await second.messages.loadOlder(BOB, 10);
    expect(second.messages.list(BOB)).toMatchObject([{ localId, text: "once", status: "sent" }]);
    // The copy is stored here by now, and comes before the answer also the next time.
    await second.dispose();
    world.server.isReachable = false;
    const third = world.client(browser);
    await third.resume();
    await third.messages.loadOlder(BOB, 10);
    expect(texts(third, BOB)).toEqual(["once"]);
    world.server.isReachable = true;
    world.server.answersSends = true;
    await settle(5_000);
    expect(third.messages.list(BOB)).toMatchObject([{ localId, text: "once", status: "sent" }]);
    expect(third.messages.waitingCount()).toBe(0);
    expect(world.server.entries(ALICE, BOB)).toHaveLength(1);
  });

  it("the same word twice is two messages, also when one of them was stored before a reload", async () => {
    const world = new World();
    const browser = world.browser();
    const first = await world.signedIn(ALICE, browser);
    await first.messages.sendText(BOB, "yes");
    await settle();
    world.server.answersSends = false;
    await first.messages.sendText(BOB, "yes");
    await settle();
    await first.dispose();
    const second = world.client(browser);
    await second.resume();
    await settle();
    await second.messages.loadOlder(BOB, 10);
    expect(texts(second, BOB)).toEqual(["yes", "yes"]);
    await second.messages.sendText(BOB, "yes");
    await settle();
    expect(texts(second, BOB)).toEqual(["yes", "yes", "yes"]);
    world.server.answersSends = true;
    world.server.disconnect();
    await settle(5_000);
    expect(texts(second, BOB)).toEqual(["yes", "yes", "yes"]);
    const localIds = second.messages.list(BOB).map((message) => message.localId);
    expect(new Set(localIds).size).toBe(3);
    expect(world.server.entries(ALICE, BOB)).toHaveLength(3);
  });

  it("refused message fails with a reason and can be sent again or dropped", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    const { localId } = await alice.messages.sendText(BOB, "forbidden");
    await settle();
    expect(alice.messages.list(BOB)).toMatchObject([{ localId, status: "failed", error: { reason: "censored" } }]);
    await alice.messages.retry(localId);
    await settle();
    expect(alice.messages.list(BOB)).toMatchObject([{ status: "failed" }]);
    await alice.messages.discard(localId);
    expect(alice.messages.list(BOB)).toEqual([]);
  });

  it("text over 64 KiB is refused here", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    await alice.messages.sendText(BOB, "€".repeat(21_845));
    const tooLong = alice.messages.sendText(BOB, "€".repeat(21_846));
    await expect(tooLong).rejects.toMatchObject({ reason: "text-too-long" });
    await expect(tooLong).rejects.toBeInstanceOf(CeruleanError);
  });

  it("file is uploaded first, with progress, then sent with its address", async () => {
    const world = new World();
    world.rest.on("GET /file/upload/chat", ({ query }) => ({
      upload_url: "http://server.test/up?sig=1", download_url: `http://server.test/file?to=${query.get("to_id")}&file_sign=abc`, oss_body_param: {},
    }));
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB)];
    const fractions: number[] = [];
    await alice.messages.sendFile(BOB, new Blob(["12345"], { type: "application/pdf" }), { name: "plan.pdf", onProgress: (fraction) => fractions.push(fraction) });
    await settle();
    expect(world.server.uploads).toEqual(["http://server.test/up?sig=1 plan.pdf"]);
    expect(fractions).toEqual([0.5]);
    expect(bob.messages.list(ALICE)).toMatchObject([{ kind: "file", attachment: { name: "plan.pdf", size: 5, url: `http://server.test/file?to=${BOB}&file_sign=abc` } }]);
  });
});
