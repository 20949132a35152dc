import { CeruleanError } from "@cerulean/sdk";
import i18n from "i18next";
import { describe, expect, it } from "vitest";
import { errorText, passwordErrorText } from "./errorText";

describe("errorText", () => {
  it("shows the text with which a message was denied", () => {
    expect(errorText(new CeruleanError(6, "censored", "No phone numbers, please"), i18n.t)).toBe("Not sent: No phone numbers, please");
  });

  it("names the rules where a denial came without a text", () => {
    expect(errorText(new CeruleanError(6, "censored", "censored"), i18n.t)).toContain("rules of this app");
  });

  it("says that the password was wrong where one was asked for", () => {
    expect(passwordErrorText(new CeruleanError(10010, "permission-denied", "the password is wrong"), i18n.t)).toContain("The password is wrong");
    expect(passwordErrorText(new CeruleanError(0, "offline", "offline"), i18n.t)).toContain("offline");
  });

  it("translates other reasons, and falls back to what the server said", () => {
    expect(errorText(new CeruleanError(404, "not-found", "nope"), i18n.t)).toContain("does not exist");
    expect(errorText(new CeruleanError(77, "code-77", "odd"), i18n.t)).toBe("That did not work: odd");
  });
});
