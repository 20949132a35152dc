import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { texts } from "./texts";

const { en, "zh-CN": zhCN } = texts;

function keysOf(tree: object, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

function textsOf(tree: object): Map<string, string> {
  return new Map(
    keysOf(tree).map((path) => [
      path,
      String(path.split(".").reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], tree)),
    ]),
  );
}

/** Keys written out in the source; those put together at run time cannot be found like this. */
function usedKeys(): Set<string> {
  const keys = new Set<string>();
  const root = `${process.cwd()}/src`;
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/u.test(file) || file.includes(".test.")) continue;
    const source = readFileSync(`${root}/${file}`, "utf8");
    for (const [, literal] of source.matchAll(/['"]([a-z][A-Za-z]*\.[A-Za-z.-]+)['"]/gu)) {
      if (literal && literal.split(".")[0]! in en) keys.add(literal);
    }
  }
  return keys;
}

describe("locales", () => {
  it("have the same keys", () => {
    expect(keysOf(zhCN).sort()).toEqual(keysOf(en).sort());
  });

  it("fill in the same values", () => {
    const variables = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/gu)].map((match) => match[1]).sort();
    const chinese = textsOf(zhCN);
    for (const [key, text] of textsOf(en)) expect(variables(chinese.get(key) ?? ""), key).toEqual(variables(text));
  });

  it("explain every failure the SDK names", () => {
    const source = readFileSync(`${process.cwd()}/../../packages/sdk/src/errors.ts`, "utf8");
    const union = /export type ErrorReason =(?<names>[\s\S]+?);/u.exec(source)?.groups?.names ?? "";
    const reasons = [...union.matchAll(/"([a-z-]+)"/gu)].map((match) => match[1] ?? "");
    expect(reasons.length).toBeGreaterThan(40);
    expect(reasons.filter((reason) => !(reason in en.errors))).toEqual([]);
  });

  it("contain every key the source names", () => {
    const known = new Set(keysOf(en).flatMap((key) => [key, key.replace(/_(one|other)$/u, "")]));
    expect([...usedKeys()].filter((key) => !known.has(key))).toEqual([]);
  });
});
