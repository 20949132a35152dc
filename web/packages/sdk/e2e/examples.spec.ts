import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { createServer } from "vite";
import { expect, test, type User, type World } from "../../../apps/chat/e2e/support/test";
import { sdkFolder } from "../test/support/packed";

const examples = resolve(sdkFolder, "../../examples");

/** Serves an example as `npm run dev` does, for the time of a test. */
async function serve(example: string, run: (url: string) => Promise<void>): Promise<void> {
  const root = resolve(examples, example);
  const server = await createServer({ root, logLevel: "silent", cacheDir: resolve(root, "node_modules/.vite"), server: { port: 0, host: "127.0.0.1" } });
  await server.listen();
  try {
    await run(server.resolvedUrls?.local[0] ?? "");
  } finally {
    await server.close();
  }
}

async function openPage(world: World): Promise<Page> {
  const page = await (await world.browser()).newPage();
  page.on("pageerror", (error) => world.problems.push(error.message));
  return page;
}

async function expectAccessible(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
}

/** A name of its own, since all tests of a worker share one server. */
async function startBot(world: World, account: User): Promise<ChildProcess> {
  const env = { ...process.env, CERULEAN_URL: world.server.url, BOT_NAME: account.username, BOT_PASSWORD: account.password };
  const bot = spawn(process.execPath, ["bot.js"], { cwd: resolve(examples, "node-bot"), env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of bot.stdout) if (String(line).includes("listens")) return bot;
  throw new Error("the bot ended before it listened");
}

test("the echo bot becomes a friend and repeats what it is told", async ({ world }) => {
  const account = await world.api.register("echo");
  const bot = await startBot(world, account);
  const ann = await world.api.register("ann");
  await world.api.apply(ann, account);
  const annTab = await world.enter(ann);
  await annTab.byId("nav-contacts").click();
  await annTab.byId("friend-item").filter({ hasText: account.username }).click();
  await annTab.byId("action-message-user").click();
  await annTab.send("is anybody there?");
  await expect(annTab.bubble("is anybody there?")).toHaveCount(2);
  const ended = once(bot, "exit");
  bot.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("the minimal page signs in, shows what comes and sends, also after a reload", async ({ world }) => {
  const [ann, ben] = await Promise.all([world.api.register("ann"), world.api.register("ben")]);
  await world.api.befriend(ann, ben);
  await world.api.sendAs(ben, ann, "hello page");
  await serve("browser-minimal", async (url) => {
    const page = await openPage(world);
    await page.goto(`${url}?server=${encodeURIComponent(world.server.url)}&app=${world.server.signIns.app}`);
    await page.getByLabel("Name").fill(ann.username);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("Could not sign in")).toBeVisible();
    await page.getByLabel("Password").fill(ann.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText(`${ben.username}: hello page`)).toBeVisible();
    await page.getByLabel("Message").fill("hello person");
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByText("me: hello person (sent)")).toBeVisible();
    await page.reload();
    await expect(page.getByText(`me: hello person`)).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByText("Signed out")).toBeVisible();
  });
});

test("a visitor talks to the support without signing up, and is known again", async ({ world }) => {
  const staff = await world.enter(await world.api.register("staff"));
  await serve("support-widget", async (url) => {
    const page = await openPage(world);
    await page.goto(`${url}?server=${encodeURIComponent(world.server.url)}&app=${world.server.signIns.app}&staff=${staff.user.id}`);
    await page.getByRole("button", { name: "Questions?" }).click();
    await page.getByLabel("Your question").fill("Do you ship abroad?");
    await page.getByRole("button", { name: "Send" }).click();
    await staff.byId("conversation-item").filter({ hasText: "Do you ship abroad?" }).click();
    await staff.send("We do");
    await expect(page.getByText("We do")).toBeVisible();
    await expectAccessible(page);
    await page.reload();
    await page.getByRole("button", { name: "Questions?" }).click();
    await expect(page.getByText("Do you ship abroad?")).toBeVisible();
  });
});
