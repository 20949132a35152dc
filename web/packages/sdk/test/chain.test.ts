import { blake3 } from "@noble/hashes/blake3.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { linkOf, verifyLinks, ZERO_LINK, type ChainItem } from "../src/index.js";
import { ALICE, BOB, settle, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function chain(length: number): ChainItem[] {
  let link = ZERO_LINK;
  return Array.from({ length }, (_, index) => {
    const item = { mid: 100 + index, position: index + 1, sender: ALICE, timestamp: 1_700_000_000_000 + index, namespace: 1, digest: "ab".repeat(32) };
    link = linkOf(link, item);
    return { ...item, link };
  });
}

describe("hash chain", () => {
  it("link covers every field", () => {
    const item = { mid: 1, sender: 2, timestamp: 3, namespace: 4, digest: "cd".repeat(32) };
    const link = linkOf(ZERO_LINK, item);
    const changed = [{ mid: 9 }, { sender: 9 }, { timestamp: 9 }, { namespace: 9 }, { digest: "ce".repeat(32) }].map((change) => linkOf(ZERO_LINK, { ...item, ...change }));
    expect(new Set([link, linkOf("11".repeat(32), item), ...changed]).size).toBe(7);
  });

  it("link is BLAKE3 over 89 bytes laid out as in spec/extensions.md", () => {
    const layout = Buffer.concat([
      Buffer.alloc(32, 0x11), Buffer.from("0000000000000001", "hex"), Buffer.from("0000000000000002", "hex"),
      Buffer.from("001fffffffffffff", "hex"), Buffer.from([1]), Buffer.alloc(32, 0xcd),
    ]);
    expect(layout).toHaveLength(89);
    const link = linkOf("11".repeat(32), { mid: 1, sender: 2, timestamp: Number.MAX_SAFE_INTEGER, namespace: 1, digest: "cd".repeat(32) });
    expect(link).toBe(Buffer.from(blake3(layout)).toString("hex"));
  });

  it("intact chain verifies, altered one names the first bad item", () => {
    const items = chain(5);
    expect(verifyLinks(ZERO_LINK, items)).toBeNull();
    const altered = items.map((item) => (item.position === 3 ? { ...item, timestamp: 5 } : item));
    expect(verifyLinks(ZERO_LINK, altered)?.mid).toBe(102);
  });
});

describe("verifyChain", () => {
  async function conversationOf(count: number) {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    for (let index = 0; index < count; index += 1) world.server.say(BOB, ALICE, `text ${index}`);
    await settle();
    const items = world.server.entries(ALICE, BOB).map((entry) => ({
      mid: entry.mid, position: entry.position, sender: entry.from, timestamp: entry.timestamp, namespace: entry.ns, digest: entry.digest, link: entry.link,
    }));
    const serve = (served: ChainItem[]) => world.rest.on(`GET /client/v1/conversations/${BOB}/chain`, ({ query }) => {
      const rest = served.filter((item) => item.mid > Number(query.get("after")));
      return { items: rest.slice(0, 2), has_more: rest.length > 2 };
    });
    serve(items);
    return { world, alice, items, serve };
  }

  it("walks all pages", async () => {
    const { alice } = await conversationOf(5);
    expect(await alice.messages.verifyChain(BOB)).toEqual({ checked: 5, intact: true });
  });

  it("finds an item whose link does not fit", async () => {
    const { alice, items, serve } = await conversationOf(5);
    serve(items.map((item) => (item.position === 4 ? { ...item, sender: ALICE } : item)));
    expect(await alice.messages.verifyChain(BOB)).toEqual({ checked: 3, intact: false, brokenAt: items[3]?.mid, problem: "link" });
  });

  it("finds an item that was left out", async () => {
    const { alice, items, serve } = await conversationOf(5);
    serve(items.filter((item) => item.position !== 3));
    expect(await alice.messages.verifyChain(BOB)).toMatchObject({ intact: false, problem: "position" });
  });

  it("finds a past rewritten consistently, by the links received with the messages", async () => {
    const { alice, items, serve } = await conversationOf(4);
    let link = ZERO_LINK;
    serve(items.map((item) => ({ ...item, timestamp: item.timestamp + 1, link: (link = linkOf(link, { ...item, timestamp: item.timestamp + 1 })) })));
    expect(await alice.messages.verifyChain(BOB)).toMatchObject({ intact: false, problem: "local", brokenAt: items[0]?.mid });
  });

  it("finds a chain cut back behind the last check", async () => {
    const { alice, items, serve } = await conversationOf(4);
    await alice.messages.verifyChain(BOB);
    serve(items.slice(0, 2));
    expect(await alice.messages.verifyChain(BOB)).toMatchObject({ intact: false, problem: "head" });
  });

  it("takes the first visible item of a late joiner as given", async () => {
    const { alice, items, serve } = await conversationOf(4);
    serve(items.slice(2));
    expect(await alice.messages.verifyChain(BOB)).toEqual({ checked: 2, intact: true });
  });
});
