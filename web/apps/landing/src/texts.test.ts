import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { texts } from "./texts";

/** Without style and script, which a parser of the test environment would try to fetch. */
const page = readFileSync(`${process.cwd()}/index.html`, "utf8").replace(/<link[^>]*>|<script[^>]*><\/script>/gu, "");

describe("texts", () => {
  it("have the same keys in both languages", () => {
    expect(Object.keys(texts["zh-CN"]).sort()).toEqual(Object.keys(texts.en).sort());
  });

  it("cover every place of the page, which holds the English ones itself", () => {
    const document = new DOMParser().parseFromString(page, "text/html");
    for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
      const english: Record<string, string> = texts.en;
      expect(element.textContent?.trim()).toBe(english[element.dataset.text ?? ""]);
    }
  });
});
