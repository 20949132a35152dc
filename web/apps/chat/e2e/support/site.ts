import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A site that somebody links to, on this machine. */
export class Site {
  readonly requests: { path: string; headers: IncomingMessage["headers"] }[] = [];
  readonly pages = new Map<string, { type: string; body: string | Buffer }>();
  private readonly server = createServer((request, answer) => {
    const path = request.url ?? "";
    this.requests.push({ path, headers: request.headers });
    const page = this.pages.get(path);
    answer.writeHead(page ? 200 : 404, { "content-type": page?.type ?? "text/plain" });
    answer.end(page?.body ?? "not found");
  });

  static async start(): Promise<Site> {
    const site = new Site();
    site.server.listen(0, "127.0.0.1");
    await once(site.server, "listening");
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
