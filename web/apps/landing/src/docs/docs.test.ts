import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { contentsHtml, groups } from "./contents";
import { texts } from "./texts";

const root = resolve(process.cwd(), "../../..");
const entries = groups.flatMap((group) => group.entries);

describe("the documents", () => {
  it("are named in both languages, every line of the contents by a text", () => {
    expect(Object.keys(texts["zh-CN"]).sort()).toEqual(Object.keys(texts.en).sort());
    const named = [...contentsHtml().matchAll(/data-text="(\w+)"/gu)].map(([, id]) => id ?? "");
    expect(named).toHaveLength(groups.length + 2 * entries.length);
    for (const id of named) expect(texts.en).toHaveProperty(id);
  });

  it("hold every guide for those who build on a server, and none for those who work on it", () => {
    const files = entries.flatMap(({ file }) => (file ? [file] : []));
    for (const file of files) expect(existsSync(resolve(root, file)), file).toBe(true);
    const guides = readdirSync(resolve(root, "docs/guides")).filter((name) => !name.startsWith("add-"));
    expect(files.filter((file) => file.startsWith("docs/guides/")).sort()).toEqual(guides.map((name) => `docs/guides/${name}`).sort());
    expect(files.filter((file) => file.startsWith("docs/decisions/"))).toEqual([]);
  });

  it("lead to the API, that of the console and the SDK", () => {
    expect(entries.flatMap(({ href }) => (href ? [href] : []))).toEqual(["/docs/api", "/docs/api#tag-console", "/docs/sdk/"]);
  });
});
