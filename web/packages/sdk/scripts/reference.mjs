// Writes the reference of the SDK, each file compressed, for the server to carry: `node scripts/reference.mjs <folder>`.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const sdk = resolve(import.meta.dirname, "..");
const target = process.argv[2] && resolve(process.argv[2]);
if (!target) throw new Error("say where to: node scripts/reference.mjs <folder>");

/** Pages of the server run no scripts of their own text, so what stands in each page goes into one file. */
const inline = /<script>([^<]+)<\/script>/u;
let start = "";

function withoutInline(html) {
  const base = /data-base="([^"]*)"/u.exec(html)?.[1] ?? "./";
  return html.replace(inline, (_whole, text) => {
    start = text;
    return `<script src="${base}assets/start.js"></script>`;
  });
}

const folder = mkdtempSync(join(tmpdir(), "cerulean-sdk-reference-"));
try {
  const typedoc = join(dirname(createRequire(import.meta.url).resolve("typedoc/package.json")), "bin/typedoc");
  execFileSync(process.execPath, [typedoc, "--out", folder], { cwd: sdk, stdio: "inherit" });
  rmSync(target, { recursive: true, force: true });
  const put = (path, content) => {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, `${path}.gz`), gzipSync(content, { level: 9 }));
  };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length + 1);
    put(path, path.endsWith(".html") ? withoutInline(readFileSync(file, "utf8")) : readFileSync(file));
  }
  if (start === "") throw new Error("the pages of the reference have changed: none starts with a script");
  put("assets/start.js", start);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
