import { describe, expect, it } from "vitest";
import { groupLink, parseCode, userLink } from "./links";

describe("codes", () => {
  it("lead back to what they were made for", () => {
    expect(parseCode(groupLink("12.34.56.ab"))).toEqual({ kind: "group", code: "12.34.56.ab" });
    expect(parseCode(userLink(1234))).toEqual({ kind: "user", userId: 1234 });
    expect(parseCode("https://chat.example.com/chat/?app_id=demo#qr_login=abc")).toEqual({ kind: "sign-in", code: "abc" });
    expect(parseCode("  12.34.56.ab\n")).toEqual({ kind: "group", code: "12.34.56.ab" });
  });

  it.each(["", "hello", "https://example.com/", "javascript:alert(1)", "#/settings/profile", "#/contacts/requests", "#/join"])(
    "that are none are refused: %s",
    (text) => expect(parseCode(text)).toBeNull(),
  );
});
