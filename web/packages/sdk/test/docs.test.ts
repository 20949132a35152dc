import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, sdkFolder } from "./support/packed.js";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cerulean-sdk-docs-"));
  // Warnings, such as one of a type that is used but not exported, are errors in typedoc.json.
  execFileSync(process.execPath, [binary("typedoc"), "--out", folder], { cwd: sdkFolder, stdio: "pipe" });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pages(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".html"));
}

function anchorsOf(html: string): Set<string> {
  return new Set([...html.matchAll(/\sid="([^"]+)"/gu)].map((match) => match[1] ?? ""));
}

describe("the reference of the SDK", () => {
  it("describes the client, its parts and the errors", () => {
    expect(pages()).toEqual(expect.arrayContaining(["classes/CeruleanClient.html", "interfaces/GroupsApi.html", "interfaces/ClientEvents.html", "classes/CeruleanError.html"]));
  });

  it("has no broken link", () => {
    const html = new Map(pages().map((page) => [resolve(folder, page), readFileSync(join(folder, page), "utf8")]));
    const broken: string[] = [];
    for (const [page, text] of html) {
      for (const [, target = ""] of text.matchAll(/\s(?:href|src)="([^"]+)"/gu)) {
        if (/^[a-z]+:/iu.test(target)) continue;
        const [path = "", anchor] = target.split("#").map(decodeURIComponent);
        const file = path === "" ? page : resolve(dirname(page), path);
        const isThere = existsSync(file) && (!anchor || !html.has(file) || anchorsOf(html.get(file) ?? "").has(anchor));
        if (!isThere) broken.push(`${page.slice(folder.length)} -> ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });
});
