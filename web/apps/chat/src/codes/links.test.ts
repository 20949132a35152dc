import { describe, expect, it } from "vitest";
import { groupLink, parseCode, readGroupCode, userLink } from "./links";

describe("codes", () => {
  it("lead back to what they were made for", () => {
    expect(parseCode(groupLink("12.34.56.ab"))).toEqual({ kind: "group", code: "12.34.56.ab" });
    expect(parseCode(userLink(1234))).toEqual({ kind: "user", userId: 1234 });
    expect(parseCode("https://chat.example.com/chat/?app_id=demo#qr_login=abc")).toEqual({ kind: "sign-in", code: "abc" });
    expect(parseCode("  12.34.56.ab\n")).toEqual({ kind: "group", code: "12.34.56.ab" });
  });

  it("tell their group and their end, unless they are damaged", () => {
    expect(readGroupCode("12.34.5600.ab")).toEqual({ groupId: 12, expiresAt: 5600 });
    expect(readGroupCode("12.34.5600")).toBeNull();
    expect(readGroupCode("12.34.5600.xyz")).toBeNull();
  });

  it.each(["", "hello", "https://example.com/", "javascript:alert(1)", "#/settings/profile", "#/contacts/requests", "#/join"])(
    "that are none are refused: %s",
    (text) => expect(parseCode(text)).toBeNull(),
  );
});
