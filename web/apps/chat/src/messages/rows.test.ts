import { describe, expect, it } from "vitest";
import { makeMessage, myId } from "@cerulean/mock-api";
import { buildRows, findFirstUnread, reachesRead } from "./rows";

const noon = new Date(2026, 4, 10, 12).getTime();
const at = (mid: number, from: number, minutes: number) => makeMessage({ mid, xid: 1, from, timestamp: noon + minutes * 60_000 });

describe("buildRows", () => {
  it("groups what one sender writes within a few minutes", () => {
    const rows = buildRows([at(1, 7, 0), at(2, 7, 1), at(3, myId, 2), at(4, myId, 20)], null);
    expect(rows.map((row) => [row.isFirst, row.isLast])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it("starts a day with a heading", () => {
    const rows = buildRows([at(1, 7, 0), at(2, 7, 1), at(3, 7, 24 * 60)], null);
    expect(rows.map((row) => row.startsDay)).toEqual([true, false, true]);
  });

  it("breaks a run at the line of a recalled message", () => {
    const rows = buildRows([at(1, 7, 0), { ...at(2, 7, 1), recalledBy: 7 }, at(3, 7, 2)], null);
    expect(rows.map((row) => [row.isFirst, row.isLast])).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
  });

  it("breaks a run at the unread line", () => {
    const rows = buildRows([at(1, 7, 0), at(2, 7, 1)], "m2");
    expect(rows.map((row) => [row.isFirst, row.isLast, row.startsUnread])).toEqual([
      [true, true, false],
      [true, true, true],
    ]);
  });
});

describe("findFirstUnread", () => {
  const messages = [at(1, 7, 0), at(2, myId, 1), at(3, 7, 2), at(4, 7, 3)];

  it("goes by the read position", () => {
    expect(findFirstUnread(messages, { readMid: 1, headMid: 4, count: 2 })).toBe("m3");
  });

  it("counts from the end when the position is unknown", () => {
    expect(findFirstUnread(messages, { readMid: 0, headMid: 4, count: 1 })).toBe("m4");
  });

  it("draws no line in a conversation that was read", () => {
    expect(findFirstUnread(messages, { readMid: 4, headMid: 4, count: 0 })).toBeNull();
  });
});

describe("reachesRead", () => {
  const messages = [at(5, 7, 0), at(6, 7, 1)];

  it("is true once the last message read is loaded, or the beginning", () => {
    expect(reachesRead(messages, { readMid: 5, headMid: 6, count: 1 }, true)).toBe(true);
    expect(reachesRead(messages, { readMid: 4, headMid: 6, count: 2 }, true)).toBe(false);
    expect(reachesRead(messages, { readMid: 4, headMid: 6, count: 2 }, false)).toBe(true);
  });
});
