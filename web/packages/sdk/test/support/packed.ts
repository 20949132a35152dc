import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const sdkFolder = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const installed = resolve(sdkFolder, "../../node_modules");
/** What a project that uses the SDK gets with it; `ws` and the types of Node.js it brings itself. */
const beside = ["@bufbuild/protobuf", "@noble/hashes", "idb", "ws", "@types/node", "@types/ws", "undici-types"];

export interface PackedFile {
  path: string;
  size: number;
}

/** A project outside the workspace with the SDK as `npm install` of the published package would leave it. */
export class FreshProject {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "cerulean-sdk-")));
  readonly files: PackedFile[];
  readonly tarballSize: number;

  /** `isBuilt`: take `dist/` as it is, since others may be reading it. */
  constructor({ isBuilt }: { isBuilt: boolean }) {
    const args = ["pack", "--json", "--silent", "--pack-destination", this.folder, ...(isBuilt ? ["--ignore-scripts"] : [])];
    const [packed] = JSON.parse(
      execFileSync("npm", args, { cwd: sdkFolder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).replace(/^[^[]*/u, ""),
    ) as [{ filename: string; size: number; files: PackedFile[] }];
    this.files = packed.files;
    this.tarballSize = packed.size;
    execFileSync("tar", ["-xzf", join(this.folder, packed.filename), "-C", this.folder]);
    mkdirSync(join(this.folder, "node_modules/@cerulean"), { recursive: true });
    cpSync(join(this.folder, "package"), join(this.folder, "node_modules/@cerulean/sdk"), { recursive: true });
    for (const name of beside) {
      mkdirSync(dirname(join(this.folder, "node_modules", name)), { recursive: true });
      symlinkSync(join(installed, name), join(this.folder, "node_modules", name));
    }
    this.write("package.json", JSON.stringify({ name: "fresh", private: true, type: "module" }));
  }

  get packageFolder(): string {
    return join(this.folder, "node_modules/@cerulean/sdk");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Output of a program run in the project; throws with it when the program fails. */
  run(program: string, args: string[], env: Record<string, string> = {}): string {
    try {
      return execFileSync(program, args, { cwd: this.folder, encoding: "utf8", env: { ...process.env, ...env }, timeout: 60_000, stdio: ["ignore", "pipe", "pipe"] });
    } catch (failure) {
      const { stdout, stderr } = failure as { stdout?: string; stderr?: string };
      throw new Error(`${program} ${args.join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}`, { cause: failure });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function binary(name: string): string {
  return resolve(installed, ".bin", name);
}
