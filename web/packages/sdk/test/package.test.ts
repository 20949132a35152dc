import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { publint } from "publint";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, FreshProject } from "./support/packed.js";

/** What a page pays for the SDK with everything it needs, compressed. */
const GZIP_BUDGET = 70_000;
const TARBALL_BUDGET = 140_000;

let project: FreshProject;

beforeAll(() => {
  project = new FreshProject({ isBuilt: false });
}, 300_000);

afterAll(() => project?.remove());

const consumer = `
import { CeruleanClient, CeruleanError, type Message, type ErrorReason } from "@cerulean/sdk";
import WebSocket from "ws";
const client = new CeruleanClient({ baseUrl: "http://127.0.0.1:1", appId: "demo", webSocket: WebSocket });
client.on("message", (message: Message) => console.log(message.text.toUpperCase()));
const reason: ErrorReason = new CeruleanError(0, "offline", "").reason;
const names: string[] = client.groups.list().map((group) => group.name);
// @ts-expect-error what an operation returns is typed
const wrong: number = client.conversations.list();
export { reason, names, wrong };
`;

describe("the published package", () => {
  it("holds what it needs, and no tests, sources or settings", () => {
    const paths = project.files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"]));
    expect(paths.filter((path) => !/^(dist\/.+\.(js|d\.ts)|LICENSE|README\.md|package\.json)$/u.test(path))).toEqual([]);
    expect(paths.filter((path) => path.includes("test"))).toEqual([]);
  });

  it("names only files that are in it", () => {
    const manifest = JSON.parse(readFileSync(join(project.packageFolder, "package.json"), "utf8")) as { exports: Record<string, Record<string, string> | string> };
    const targets = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)));
    expect(targets.filter((target) => !existsSync(join(project.packageFolder, target)))).toEqual([]);
  });

  it("passes the checks of publint", async () => {
    expect((await publint({ pkgDir: project.packageFolder, strict: true, pack: false })).messages).toEqual([]);
  });

  it.each([
    ["node16", { module: "node16", moduleResolution: "node16" }],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }],
  ])("has types for moduleResolution %s", (name, resolution) => {
    project.write(`${name}.ts`, consumer);
    const options = { ...resolution, target: "es2022", lib: ["es2023", "dom", "dom.iterable"], strict: true, noEmit: true, types: ["node"], exactOptionalPropertyTypes: true };
    project.write(`tsconfig.${name}.json`, JSON.stringify({ compilerOptions: { ...options, skipLibCheck: false }, files: [`${name}.ts`] }));
    expect(project.run(process.execPath, [binary("tsc"), "-p", `tsconfig.${name}.json`])).toBe("");
  }, 240_000);

  it("loads in Node.js and says how to go on without a WebSocket", () => {
    project.write("load.mjs", `
      import { CeruleanClient } from "@cerulean/sdk";
      delete globalThis.WebSocket;
      try { new CeruleanClient({ baseUrl: "http://127.0.0.1:1", appId: "demo" }); } catch (error) { console.log(error.reason); }
      class Socket {}
      console.log(new CeruleanClient({ baseUrl: "http://127.0.0.1:1", appId: "demo", webSocket: Socket }).state);
    `);
    expect(project.run(process.execPath, ["load.mjs"]).trim().split("\n")).toEqual(["no-websocket", "signed-out"]);
  });

  it("stays within its size", async () => {
    project.write("page.js", 'import { CeruleanClient } from "@cerulean/sdk"; globalThis.client = new CeruleanClient({ baseUrl: location.origin, appId: "demo" });');
    const built = await build({
      root: project.folder,
      logLevel: "silent",
      configFile: false,
      build: { write: false, lib: { entry: "page.js", formats: ["es"] }, minify: true },
    });
    const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []));
    const code = outputs.map((output) => ("code" in output ? output.code : "")).join("");
    expect(code).toContain("CeruleanError");
    const size = gzipSync(code).length;
    expect({ size, isSmall: size < GZIP_BUDGET }).toMatchObject({ isSmall: true });
    expect(project.tarballSize).toBeLessThan(TARBALL_BUDGET);
  }, 240_000);
});
