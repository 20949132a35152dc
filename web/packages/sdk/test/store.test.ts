import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { IndexedDbStore } from "../src/store/indexeddb.js";
import { MemoryStore } from "../src/store/memory.js";
import type { OutboxEntry, Store } from "../src/store/store.js";
import type { Message } from "../src/types.js";

let databases = 0;

function message(mid: number, text = `text ${mid}`): Message {
  return { localId: `m${mid}`, mid, xid: 7, from: 1, timestamp: mid, kind: "text", text, status: "sent", isMine: true, isSystem: false };
}

function entry(localId: string, sequence: number): OutboxEntry {
  return { localId, sequence, xid: 7, isGroup: false, clientMid: sequence, sendKey: new Uint8Array(16), createdAt: 1, kind: "text", text: localId, attempts: 0 };
}

describe.each<[string, () => Promise<Store>]>([
  ["memory", async () => new MemoryStore()],
  ["IndexedDB", () => IndexedDbStore.open(`test-${(databases += 1)}`)],
])("%s store", (_name, open) => {
  it("lists the newest messages below an id, ascending", async () => {
    const store = await open();
    await store.putMessages([3, 1, 2, 4].map((mid) => message(mid)));
    expect((await store.listMessages(7, 4, 2)).map(({ mid }) => mid)).toEqual([2, 3]);
    expect((await store.listMessages(7, Number.MAX_SAFE_INTEGER, 10)).map(({ mid }) => mid)).toEqual([1, 2, 3, 4]);
    expect(await store.listMessages(8, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  it("writes, deletes and reads take effect in the order of the calls", async () => {
    const store = await open();
    void store.putMessages([message(1)]);
    void store.putMessages([message(1, "newer"), message(2)]);
    void store.deleteMessages(7, [2]);
    expect(await store.findMessage(7, 1)).toMatchObject({ text: "newer" });
    expect(await store.findMessage(7, 2)).toBeUndefined();
    void store.putMessages([message(3)]);
    await store.clearMessages(7);
    expect(await store.listMessages(7, 100, 10)).toEqual([]);
  });

  it("keeps neither preview nor progress", async () => {
    const store = await open();
    await store.putMessages([{ ...message(1), progress: 0.5, localFile: new Blob(["x"]) }]);
    expect(Object.keys((await store.findMessage(7, 1)) ?? {})).not.toContain("localFile");
  });

  it("puts what was sent in the place of what waited", async () => {
    const store = await open();
    await store.putOutbox(entry("a", 1));
    await store.putSent({ ...message(1), localId: "a" });
    expect(await store.listOutbox()).toEqual([]);
    expect(await store.findMessage(7, 1)).toMatchObject({ localId: "a" });
  });

  it("keeps outbox order, cursors and values", async () => {
    const store = await open();
    await store.putOutbox(entry("b", 2));
    await store.putOutbox(entry("a", 1));
    await store.putCursor(7, 100);
    await store.putValue("key", { deep: [1] });
    expect((await store.listOutbox()).map(({ localId }) => localId)).toEqual(["a", "b"]);
    await store.deleteOutbox("a");
    expect(await store.listOutbox()).toHaveLength(1);
    expect(await store.loadCursors()).toEqual(new Map([[7, 100]]));
    expect(await store.getValue("key")).toEqual({ deep: [1] });
  });
});

describe("IndexedDB store", () => {
  it("survives closing, not destroying", async () => {
    const first = await IndexedDbStore.open("persistent");
    await first.putMessages([message(1)]);
    await first.putOutbox(entry("a", 1));
    first.close();
    const second = await IndexedDbStore.open("persistent");
    expect(await second.findMessage(7, 1)).toMatchObject({ text: "text 1" });
    expect((await second.listOutbox())[0]?.sendKey).toHaveLength(16);
    await second.destroy();
    const third = await IndexedDbStore.open("persistent");
    expect(await third.listOutbox()).toEqual([]);
  });

  it("takes a backlog of 10 000 messages in short time", async () => {
    const store = await IndexedDbStore.open("backlog");
    await Promise.all(Array.from({ length: 10_000 }, (_, index) => store.putMessages([message(index + 1)])));
    expect(await store.listMessages(7, Number.MAX_SAFE_INTEGER, 1)).toHaveLength(1);
  });
});
