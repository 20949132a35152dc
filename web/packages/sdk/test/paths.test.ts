import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { sdkFolder } from "./support/packed.js";

const spec = JSON.parse(readFileSync(resolve(sdkFolder, "../../../spec/openapi.json"), "utf8")) as { paths: Record<string, Record<string, unknown>> };

/** Parts that are put in at run time match anything. */
const shape = (path: string) => path.replace(/\$\{[^}]*\}+|\{[^}]*\}/gu, "*");
const served = Object.keys(spec.paths);

function isServed(path: string): boolean {
  const pattern = new RegExp(`^${shape(path).replaceAll(/[.?+^$()[\]\\|]/gu, "\\$&").replaceAll("*", "[^/]+")}$`, "u");
  return served.some((known) => pattern.test(shape(known).replaceAll("*", "x")));
}

/** The paths that the sources name: of the compatible interface, and of our own below `/client/v1`. */
function calledPaths(): string[] {
  const sources = readdirSync(join(sdkFolder, "src"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts") && !path.startsWith("gen"));
  return sources.flatMap((path) => {
    const text = readFileSync(join(sdkFolder, "src", path), "utf8");
    const compatible = [...text.matchAll(/["`](\/(?:app|file|group|roster|token|user)\/[^"`?]+)["`]/gu)].map((match) => match[1] ?? "");
    const own = [...text.matchAll(/\.call(?:<[^(]*>)?\(\s*"(?:GET|POST|PUT|DELETE)",\s*["`]([^"`?]+)["`]/gu)].map((match) => `/client/v1${match[1] ?? ""}`);
    return [...compatible, ...own];
  });
}

describe("the operations that the SDK calls", () => {
  it("are all described by the server's API document", () => {
    const called = [...new Set(calledPaths())];
    expect(called.length).toBeGreaterThan(60);
    expect(called.filter((path) => !isServed(path))).toEqual([]);
  });

  it("would be missed if one was not there", () => {
    expect(isServed("/group/no_such_thing")).toBe(false);
    expect(isServed("/client/v1/conversations/${xid}/pin")).toBe(true);
  });
});
