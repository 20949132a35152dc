import { describe, expect, it } from "vitest";
import { formatRoute, parseRoute } from "./route";

describe("route", () => {
  it("falls back to the conversation list", () => {
    expect(parseRoute("")).toEqual({ section: "chats", item: null });
    expect(parseRoute("#/nowhere/3")).toEqual({ section: "chats", item: null });
  });

  it("survives a round trip", () => {
    for (const route of [
      { section: "chats", item: "42" },
      { section: "settings", item: null },
    ] as const) {
      expect(parseRoute(formatRoute(route))).toEqual(route);
    }
  });
});
