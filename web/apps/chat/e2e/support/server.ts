import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const startLimitMs = 20_000;

/** Tests link to sites on this machine, which users of a real server may not. */
const settings = `
[egress]
ports = []

[previews]
allow_networks = ["127.0.0.0/8"]
`;

export interface SignIns {
  app: string;
  admin_token: string;
  users: { username: string; password: string; user_id: number }[];
}

/** The real binary on a data directory of its own. It may be killed and started again on the same port. */
export class Server {
  private process: ChildProcess | null = null;

  private constructor(
    private readonly binary: string,
    readonly folder: string,
    private readonly port: number,
  ) {}

  static async create(): Promise<Server> {
    const binary = process.env.CERULEAN_BIN;
    if (!binary) throw new Error("CERULEAN_BIN must name the server's binary: ./test sets it, or build one and name it");
    if (!existsSync(binary)) throw new Error(`CERULEAN_BIN names ${binary}, which does not exist`);
    const folder = await mkdtemp(join(tmpdir(), "cerulean-e2e-"));
    await writeFile(join(folder, "cerulean.toml"), settings);
    const server = new Server(binary, folder, await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get signIns(): SignIns {
    return JSON.parse(readFileSync(join(this.folder, "data", "demo-sign-ins.json"), "utf8")) as SignIns;
  }

  get log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  async start(): Promise<void> {
    const log = openSync(this.logFile, "a");
    // In the folder, so that no configuration file of the one who runs the tests is picked up.
    this.process = spawn(this.binary, ["serve", "--data", join(this.folder, "data"), "--listen", `127.0.0.1:${this.port}`], {
      cwd: this.folder,
      stdio: ["ignore", log, log],
    });
    await this.ready(this.process);
  }

  /** Ends the process without a chance to tidy up. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Stops and removes everything. */
  async dispose(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }

  private get logFile(): string {
    return join(this.folder, "log");
  }

  private async ready(child: ChildProcess): Promise<void> {
    const limit = Date.now() + startLimitMs;
    while (Date.now() < limit) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.log}`);
      const isReady = await fetch(`${this.url}/api/health`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (isReady) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server was not ready in ${startLimitMs} ms:\n${this.log}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
