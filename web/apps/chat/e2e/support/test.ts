import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { Api, type User } from "./api";
import { Messenger } from "./messenger";
import { Server } from "./server";

export { expect, Messenger, Server };
export type { User };

/** High enough to draw a few dozen messages at once. */
export const tall = { width: 1280, height: 3200 };
export const phone = { width: 390, height: 844 };

/** A server, and the people who use it in browsers of their own. */
export class World {
  readonly api: Api;
  readonly problems: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  constructor(
    readonly server: Server,
    private readonly newContext: (options: BrowserContextOptions) => Promise<BrowserContext>,
  ) {
    this.api = new Api(server);
  }

  /** A browser with nothing stored. */
  async browser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.newContext({ locale: "en-US", baseURL: this.server.url, reducedMotion: "reduce", ...options });
    this.contexts.push(context);
    return context;
  }

  async tab(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => this.problems.push(`page error: ${error.message}`));
    page.on("console", (line) => {
      // Chromium itself logs every request that fails; tests that cut the network know of those.
      const isNetwork = /Failed to load resource|WebSocket connection|ERR_/.test(line.text());
      if (line.type() === "error" && !isNetwork) this.problems.push(`console: ${line.text()}`);
    });
    page.on("response", (answer) => {
      const isPart = ["document", "script", "stylesheet", "image", "font"].includes(answer.request().resourceType());
      if (isPart && answer.status() >= 400) this.problems.push(`${answer.status()} for ${new URL(answer.url()).pathname}`);
    });
    await page.goto("/chat/");
    return page;
  }

  /** Signs a user in, in a fresh browser or the given one. */
  async enter(user: User, options: BrowserContextOptions = {}, context?: BrowserContext): Promise<Messenger> {
    const messenger = new Messenger(await this.tab(context ?? (await this.browser(options))), user);
    await messenger.signIn();
    await expect(messenger.byId("shell")).toBeVisible();
    return messenger;
  }

  /** Two friends, each in a browser. */
  async friends(options: BrowserContextOptions = {}): Promise<[Messenger, Messenger]> {
    const [ann, ben] = await Promise.all([this.api.register("ann"), this.api.register("ben")]);
    await this.api.befriend(ann, ben);
    return Promise.all([this.enter(ann, options), this.enter(ben, options)]);
  }

  async close(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
  }
}

interface TestFixtures {
  world: World;
  /** A world whose server no other test uses, so that it may be killed. */
  fragileWorld: World;
}

/** Ann, and her friends Ben and Cleo. */
export async function trio(world: World): Promise<[Messenger, Messenger, Messenger]> {
  const [ann, ben] = await world.friends();
  const cleo = await world.api.register("cleo");
  await world.api.befriend(ann.user, cleo);
  return [ann, ben, await world.enter(cleo)];
}

/** Creates a group through the pages and answers its id. */
export async function createGroup(owner: Messenger, name: string, members: Messenger[]): Promise<number> {
  await owner.byId("nav-chats").click();
  await owner.byId("new-menu").click();
  await owner.byId("action-create-group").click();
  await owner.byId("group-name").fill(name);
  for (const { user } of members) await owner.byId("friend-option").filter({ hasText: user.username }).click();
  await owner.byId("group-create-submit").click();
  await expect(owner.byId("conversation-title")).toHaveText(name);
  return Number(await owner.byId("conversation-pane").getAttribute("data-xid"));
}

// Not called `use`, which linters take for the React function.
export const test = base.extend<TestFixtures, { server: Server }>({
  server: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, provide) => {
      const server = await Server.create();
      await provide(server);
      await server.dispose();
    },
    { scope: "worker" },
  ],
  world: async ({ server, browser }, provide, info) => {
    const world = new World(server, (options) => browser.newContext(options));
    await provide(world);
    if (info.status !== info.expectedStatus) await info.attach("server.log", { body: server.log, contentType: "text/plain" });
    await world.close();
    expect(world.problems).toEqual([]);
  },
  fragileWorld: async ({ browser }, provide, info) => {
    const server = await Server.create();
    const world = new World(server, (options) => browser.newContext(options));
    await provide(world);
    if (info.status !== info.expectedStatus) await info.attach("server.log", { body: server.log, contentType: "text/plain" });
    await world.close();
    await server.dispose();
    expect(world.problems).toEqual([]);
  },
});
