import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CeruleanClient } from "../src/index.js";
import { MessageBody_ContentType as ContentType } from "../src/gen/xsync_pb.js";
import { ALICE, BOB, CAROL, record, settle, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function withUploads(world: World): void {
  let count = 0;
  world.rest.on("GET /file/upload/chat", ({ query }) => {
    count += 1;
    return { upload_url: `http://server.test/up/${count}`, download_url: `http://server.test/file/${count}?type=${query.get("file_type")}`, oss_body_param: {} };
  });
}

async function pair() {
  const world = new World();
  withUploads(world);
  return { world, alice: await world.signedIn(ALICE), bob: await world.signedIn(BOB) };
}

describe("files", () => {
  it("an upload that is dropped is broken off, and nothing is sent", async () => {
    const world = new World();
    withUploads(world);
    const browser = world.browser();
    let seen: AbortSignal | undefined;
    const alice = new CeruleanClient({
      baseUrl: "http://server.test", appId: "demo", storage: "memory",
      ports: {
        transport: world.server.transport, fetch: world.rest.fetch, values: browser.values, openStore: async () => browser.store,
        uploader: (_url, _form, _headers, onProgress, signal) => {
          seen = signal;
          onProgress(0.4);
          return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
        },
      },
    });
    await alice.signIn({ name: `u${ALICE}`, password: "secret" });
    const { localId } = await alice.messages.sendFile(BOB, new Blob(["12345"]), { name: "big.bin" });
    await settle();
    expect(alice.messages.list(BOB)).toMatchObject([{ progress: 0.4, status: "sending" }]);
    await alice.messages.discard(localId);
    await settle(10_000);
    expect(seen?.aborted).toBe(true);
    expect(alice.messages.list(BOB)).toEqual([]);
    expect(world.server.entries(ALICE, BOB)).toEqual([]);
  });

  it("a video brings its still, which is uploaded first and once", async () => {
    const { world, alice, bob } = await pair();
    const still = new Blob(["still"], { type: "image/jpeg" });
    await alice.messages.sendFile(BOB, new Blob(["film"], { type: "video/webm" }), { name: "film.webm", poster: still, width: 640, height: 360, duration: 3 });
    await settle();
    expect(world.server.uploads).toEqual(["http://server.test/up/1 poster.jpg", "http://server.test/up/2 film.webm"]);
    expect(bob.messages.list(ALICE)).toMatchObject([
      { kind: "video", attachment: { url: "http://server.test/file/2?type=103", thumbnailUrl: "http://server.test/file/1?type=102", width: 640, duration: 3 } },
    ]);
  });

  it("a voice message carries its waveform; values out of range are bent back", async () => {
    const { world, alice, bob } = await pair();
    await alice.messages.sendFile(BOB, new Blob(["la"], { type: "audio/webm" }), { kind: "audio", duration: 2.5, waveform: [0, 31, 7] });
    world.server.say(BOB, ALICE, "", { ctype: ContentType.AUDIO, attachment: JSON.stringify({ url: "u", dName: "v", fLen: 1, wave: [-4, "9", 99, "x"] }) });
    await settle();
    expect(bob.messages.list(ALICE)[0]?.attachment).toMatchObject({ duration: 2.5, waveform: [0, 31, 7] });
    expect(alice.messages.list(BOB).find((message) => !message.isMine)?.attachment?.waveform).toEqual([0, 9, 31, 0]);
  });
});

describe("voice messages", () => {
  it("playing is told to the author once and stays known here", async () => {
    const { world, alice, bob } = await pair();
    await alice.messages.sendFile(BOB, new Blob(["la"], { type: "audio/webm" }), { kind: "audio" });
    await settle(1_000);
    const mid = bob.messages.list(ALICE)[0]?.mid ?? 0;
    const before = world.server.sends;
    await Promise.all([bob.messages.markPlayed(ALICE, mid), settle()]);
    await bob.messages.markPlayed(ALICE, mid);
    await settle();
    expect(world.server.sends - before).toBe(1);
    expect(bob.messages.find(ALICE, mid)?.isPlayed).toBe(true);
    expect(alice.messages.find(BOB, mid)?.isPlayed).toBe(true);
    await Promise.all([bob.messages.loadOlder(ALICE), settle()]);
    await Promise.all([bob.messages.loadOlder(ALICE), settle()]);
    expect(bob.messages.find(ALICE, mid)?.isPlayed).toBe(true);
  });

  it("that was played while offline is marked for its author after the reconnect", async () => {
    const { world, alice, bob } = await pair();
    const mid = await voice(alice, bob);
    world.server.isReachable = false;
    world.server.disconnect();
    await bob.messages.markPlayed(ALICE, mid);
    await settle();
    expect(bob.messages.find(ALICE, mid)?.isPlayed).toBe(true);
    expect(alice.messages.find(BOB, mid)?.isPlayed).toBeUndefined();
    world.server.isReachable = true;
    await settle(5_000);
    expect(alice.messages.find(BOB, mid)?.isPlayed).toBe(true);
  });

  it("that was played while offline is marked for its author after a reload too, once", async () => {
    const world = new World();
    withUploads(world);
    const browser = world.browser();
    const [alice, bob] = [await world.signedIn(ALICE), await world.signedIn(BOB, browser)];
    const mid = await voice(alice, bob);
    world.server.isReachable = false;
    world.server.disconnect();
    await bob.messages.markPlayed(ALICE, mid);
    await bob.dispose();
    world.server.isReachable = true;
    const before = world.server.sends;
    const reloaded = world.client(browser);
    await reloaded.resume();
    await settle(5_000);
    expect(alice.messages.find(BOB, mid)?.isPlayed).toBe(true);
    world.server.disconnect();
    await settle(5_000);
    expect(world.server.sends - before).toBe(1);
  });
});

async function voice(from: CeruleanClient, to: CeruleanClient): Promise<number> {
  await from.messages.sendFile(BOB, new Blob(["la"], { type: "audio/webm" }), { kind: "audio" });
  await settle(1_000);
  return to.messages.list(ALICE)[0]?.mid ?? 0;
}

describe("streams", () => {
  it("pieces add up on both sides until the author ends them", async () => {
    const { alice, bob } = await pair();
    await alice.messages.sendText(BOB, "# Hell", { format: "markdown", isStreaming: true });
    await settle();
    const mid = alice.messages.list(BOB)[0]?.mid ?? 0;
    expect(bob.messages.find(ALICE, mid)).toMatchObject({ format: "markdown", isStreaming: true });
    await Promise.all([alice.messages.append(BOB, mid, "o", {}), settle()]);
    await Promise.all([alice.messages.append(BOB, mid, "!", { isStreaming: false }), settle()]);
    for (const message of [alice.messages.find(BOB, mid), bob.messages.find(ALICE, mid)]) {
      expect(message).toMatchObject({ text: "# Hello!", format: "markdown", isStreaming: false, isAppended: true });
    }
  });
});

describe("merged forwarding", () => {
  const options = { title: "Chat of two", nameOf: (id: number) => `Nick ${id}`, describe: () => "[File]" };

  it("several messages travel as one record, and as plain words for older clients", async () => {
    const { world, alice } = await pair();
    const carol = await world.signedIn(CAROL);
    await alice.messages.sendText(BOB, "one");
    await alice.messages.sendFile(BOB, new Blob(["x"]), { name: "x.bin" });
    await settle();
    await alice.messages.forwardMerged(alice.messages.list(BOB), CAROL, options);
    await settle();
    const [got] = carol.messages.list(ALICE);
    expect(got?.text).toBe(`[Chat of two]\nNick ${ALICE}: one\nNick ${ALICE}: [File]`);
    expect(got?.merged).toMatchObject({
      title: "Chat of two",
      items: [{ from: ALICE, kind: "text", text: "one" }, { kind: "file", attachment: { name: "x.bin" } }],
    });
  });

  it("a record says of what it is and what was quoted, without words of the sender's language", async () => {
    const { alice, world } = await pair();
    const carol = await world.signedIn(CAROL);
    await alice.messages.sendText(BOB, "answer", { replyTo: { mid: 5, from: BOB, text: "question" } });
    await alice.messages.sendFile(BOB, new Blob(["x"]), { name: "x.bin" });
    await settle();
    await alice.messages.forwardMerged(alice.messages.list(BOB), CAROL, { ...options, of: "Lake" });
    await settle();
    expect(carol.messages.list(ALICE)[0]?.merged).toMatchObject({
      title: "Chat of two",
      of: "Lake",
      items: [{ text: "answer", replyTo: { from: BOB, name: `Nick ${BOB}`, text: "question" } }, { kind: "file", text: "" }],
    });
    expect((await carol.messages.search(ALICE, { text: "x.bin" })).hits).toHaveLength(1);
  });

  it("what is not acknowledged or taken back stays out; nothing left or too much is refused", async () => {
    const { alice } = await pair();
    await alice.messages.sendText(BOB, "x".repeat(40_000));
    await alice.messages.sendText(BOB, "y".repeat(30_000));
    await settle();
    await expect(alice.messages.forwardMerged([], CAROL, options)).rejects.toMatchObject({ reason: "text-empty" });
    await expect(alice.messages.forwardMerged(alice.messages.list(BOB), CAROL, options)).rejects.toMatchObject({ reason: "too-large" });
  });

  it("a malformed record is shown as text", async () => {
    const { world, alice } = await pair();
    for (const ext of ['{"merged":7}', '{"merged":{"items":"x"}}']) world.server.say(BOB, ALICE, "plain", { ext });
    world.server.say(BOB, ALICE, "odd", { ext: '{"merged":{"title":5,"items":[null,{"from":"a","kind":"rtc","text":1}]}}' });
    await settle();
    expect(alice.messages.list(BOB).map((message) => message.merged)).toEqual([
      undefined, undefined, { title: "", items: [{ from: 0, name: "", timestamp: 0, kind: "text", text: "1" }] },
    ]);
  });
});

describe("drafts", () => {
  it("survive a reload and go away with the session", async () => {
    const world = new World();
    const browser = world.browser();
    const first = await world.signedIn(ALICE, browser);
    const changes = record(first, "draft");
    first.drafts.set(BOB, "to be conti");
    first.drafts.set(BOB, "to be continued");
    first.drafts.set(CAROL, "x");
    first.drafts.set(CAROL, "");
    await settle();
    expect(changes.map((event) => event.xid)).toEqual([BOB, BOB, CAROL, CAROL]);
    await first.dispose();
    const second = world.client(browser);
    await second.resume();
    expect([second.drafts.get(BOB), second.drafts.get(CAROL)]).toEqual(["to be continued", ""]);
    await second.signOut();
    expect(second.drafts.get(BOB)).toBe("");
  });
});
