import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ALICE, BOB, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("readers of a group", () => {
  it("are counted 50 messages at a time", async () => {
    const world = new World();
    const asked: number[] = [];
    world.rest.on("GET /client/v1/groups/50000/reads", ({ query }) => {
      const mids = (query.get("mids") ?? "").split(",").map(Number);
      asked.push(mids.length);
      return { items: mids.map((mid) => ({ mid, read_count: 1, member_count: 4 })) };
    });
    const alice = await world.signedIn(ALICE);
    const counts = await alice.messages.readCounts(50_000, Array.from({ length: 120 }, (_, index) => index + 1));
    expect(asked).toEqual([50, 50, 20]);
    expect(counts).toHaveLength(120);
    expect(counts.at(-1)).toEqual({ mid: 120, readCount: 1, memberCount: 4 });
    await expect(alice.messages.readCounts(50_000, [])).resolves.toEqual([]);
  });

  it("are listed page by page", async () => {
    const world = new World();
    world.rest.on("GET /client/v1/groups/50000/messages/7/readers", ({ query }) =>
      query.get("cursor") === "x" ? { items: [1003], next_cursor: null } : { items: [BOB], next_cursor: "x" });
    const alice = await world.signedIn(ALICE);
    await expect(alice.messages.readers(50_000, 7)).resolves.toEqual({ userIds: [BOB], nextCursor: "x" });
    await expect(alice.messages.readers(50_000, 7, "x")).resolves.toEqual({ userIds: [1003], nextCursor: null });
  });
});
