import { vi } from "vitest";
import { CeruleanClient, MemoryStore, type ClientEventName, type ClientEvents, type Store } from "../../src/index.js";
import { MemoryValues, type KeyValue } from "../../src/session/session-store.js";
import { FakeRest } from "./fake-rest.js";
import { FakeServer } from "./fake-server.js";

export const ALICE = 1001;
export const BOB = 1002;
export const CAROL = 1003;

/** A fake server, and clients on it whose browser storage a test can take over into a new client, as a reload does. */
export class World {
  readonly server = new FakeServer();
  readonly rest = new FakeRest(this.server);

  private held: Held | undefined;

  /** Uploads end from now on when they are told to. */
  holdUploads(): { finish(name: string): void } {
    const held = new Held();
    this.held = held;
    return { finish: (name) => held.get(name).finish() };
  }

  browser(values: KeyValue = new MemoryValues(), store: Store = new MemoryStore()) {
    return { values, store };
  }

  client(browser = this.browser()): CeruleanClient {
    return new CeruleanClient({
      baseUrl: "http://server.test",
      appId: "demo",
      storage: "memory",
      ports: {
        transport: this.server.transport,
        fetch: this.rest.fetch,
        values: browser.values,
        openStore: async () => browser.store,
        uploader: async (url, form, _headers, onProgress) => {
          this.server.uploads.push(`${url} ${(form.get("file") as File).name}`);
          onProgress(0.5);
          await this.held?.get((form.get("file") as File).name).promise;
          return JSON.stringify({ code: 200, data: true });
        },
      },
    });
  }

  async signedIn(userId: number, browser = this.browser()): Promise<CeruleanClient> {
    const client = this.client(browser);
    await client.signIn({ name: `u${userId}`, password: "secret" });
    await settle();
    return client;
  }
}

/** Lets everything run that waits only for promises or short timers. */
export async function settle(ms = 150): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

export function record<K extends ClientEventName>(client: CeruleanClient, name: K): ClientEvents[K][] {
  const seen: ClientEvents[K][] = [];
  client.on(name, (event) => seen.push(event));
  return seen;
}

export function texts(client: CeruleanClient, xid: number): string[] {
  return client.messages.list(xid).filter((message) => message.recalledBy === undefined).map((message) => message.text);
}

class Held {
  private readonly all = new Map<string, { promise: Promise<void>; finish(): void }>();

  get(name: string): { promise: Promise<void>; finish(): void } {
    let finish = () => {};
    const promise = new Promise<void>((resolve) => (finish = resolve));
    const known = this.all.get(name) ?? { promise, finish };
    this.all.set(name, known);
    return known;
  }
}
