import { describe, expect, it } from "vitest";
import { ConversationList, emptyConversation } from "../src/conversations/list.js";
import type { Conversation } from "../src/types.js";

describe("the order of conversations", () => {
  const at = (xid: number, updatedAt: number, isPinned = false): Conversation => ({ ...emptyConversation(xid, "user"), updatedAt, isPinned });
  const sorted = (all: Conversation[]) =>
    [...all].sort((a, b) => Number(b.isPinned) - Number(a.isPinned) || b.updatedAt - a.updatedAt).map(({ xid }) => xid);

  it("is that of the whole list sorted, whatever changed between two looks at it", () => {
    const list = new ConversationList();
    const all = new Map<number, Conversation>();
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round += 1) {
      for (let change = random(4); change >= 0; change -= 1) {
        const xid = random(60);
        const next = at(xid, round * 10 + change, random(5) === 0);
        if (random(6) === 0) {
          list.delete(xid);
          all.delete(xid);
        } else {
          list.set(next);
          all.set(xid, next);
        }
      }
      expect(list.list().map(({ xid }) => xid)).toEqual(sorted([...all.values()]));
    }
  });

  it("is not made anew for one that changes among a thousand", () => {
    const list = new ConversationList();
    let looks = 0;
    for (let xid = 1; xid <= 1_000; xid += 1) {
      const one = at(xid, (xid * 7_919) % 1_000);
      list.set(Object.defineProperty(one, "updatedAt", { get: () => ((looks += 1), (xid * 7_919) % 1_000), enumerable: true }));
    }
    list.list();
    looks = 0;
    list.set(at(5, 2_000));
    expect(list.list()[0]?.xid).toBe(5);
    expect(looks).toBeLessThan(50);
  });
});
