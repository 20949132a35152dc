// Takes pictures of the main screens against the mock client and runs axe over them.
// Needs `npm run dev:mock` (or LOOK_URL); pictures go to LOOK_OUT, by default a folder under the system's temporary one.
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const base = process.env.LOOK_URL ?? "http://127.0.0.1:5173/chat/";
const out = process.env.LOOK_OUT ?? join(tmpdir(), "cerulean-look");
const only = process.argv[2];
mkdirSync(out, { recursive: true });

const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

const open = (hash) => async (page) => {
  await page.goto(`${base}${hash}`);
  await page.waitForTimeout(1500);
};

const screens = {
  "sign-in": open("?signed-out"),
  chats: open("#/chats"),
  direct: open("#/chats/1002"),
  "link-card": async (page) => {
    await open("#/chats/1002")(page);
    await page.getByTestId("link-card").waitFor();
    await page.waitForTimeout(300);
  },
  group: open("#/chats/2001"),
  "group-zh": open("#/chats/2002"),
  "search-all": async (page) => {
    await open("#/chats")(page);
    await page.getByTestId("conversation-search").fill("the");
    await page.getByTestId("search-all-again").or(page.getByTestId("search-all-stop")).waitFor({ state: "detached", timeout: 15_000 });
    await page.waitForTimeout(300);
  },
  "phone-sign-in": async (page) => {
    await open("?signed-out")(page);
    await page.getByTestId("phone-start").click();
    await page.getByTestId("phone-mobile").fill("13800000000");
    await page.getByTestId("phone-submit").click();
    await page.getByTestId("code-picture").waitFor();
    await page.waitForTimeout(300);
  },
  "phone-proof": async (page) => {
    await open("#/settings/profile")(page);
    await page.getByTestId("profile-mobile").fill("13800000000");
    await page.getByTestId("profile-mobile-prove").click();
    await page.getByTestId("code-picture").waitFor();
    await page.waitForTimeout(300);
  },
  details: async (page) => {
    await open("#/chats/2001")(page);
    await page.getByTestId("open-details").click();
    await page.waitForTimeout(600);
    await page.getByTestId("verify-button").click();
    await page.waitForTimeout(600);
  },
  "user-details": async (page) => {
    await open("#/chats/1002")(page);
    await page.getByTestId("open-details").click();
    await page.waitForTimeout(500);
  },
  menu: async (page) => {
    await open("#/chats/1002")(page);
    await page.getByTestId("message-bubble").last().click({ button: "right" });
    await page.waitForTimeout(300);
  },
  emoji: async (page) => {
    await open("#/chats/1002")(page);
    await page.getByTestId("emoji-button").click();
    await page.waitForTimeout(300);
  },
  "create-group": async (page) => {
    await open("#/chats")(page);
    await page.getByTestId("new-menu").click();
    await page.getByTestId("action-create-group").click();
    await page.getByTestId("friend-option").nth(1).click();
    await page.waitForTimeout(300);
  },
  "add-friend": async (page) => {
    await open("#/contacts")(page);
    await page.getByTestId("add-friend").click();
    await page.getByTestId("add-friend-input").fill("wren");
    await page.getByTestId("add-friend-search").click();
    await page.waitForTimeout(600);
  },
  contacts: open("#/contacts/1002"),
  requests: open("#/contacts/requests"),
  profile: open("#/settings/profile"),
  preferences: open("#/settings/preferences"),
  privacy: open("#/settings/privacy"),
  devices: open("#/settings/devices"),
  offline: async (page) => {
    await open("#/chats/1002")(page);
    await page.evaluate(() => window.mock.setState("offline"));
    await page.getByTestId("composer-input").fill("This one waits for the network");
    await page.getByTestId("send-button").click();
    await page.waitForTimeout(1600);
  },
  lightbox: async (page) => {
    await open("#/chats/1002")(page);
    await page.getByTestId("message-image").last().click();
    await page.waitForTimeout(400);
  },
};

const looks = [
  { name: "light-en", viewport: wide, theme: "light", locale: "en" },
  { name: "dark-zh", viewport: wide, theme: "dark", locale: "zh-CN" },
  { name: "phone-light-zh", viewport: phone, theme: "light", locale: "zh-CN" },
  { name: "phone-dark-en", viewport: phone, theme: "dark", locale: "en" },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let violations = 0;
for (const look of looks) {
  for (const [name, show] of Object.entries(screens)) {
    if (only && !`${name}.${look.name}`.includes(only)) continue;
    const context = await browser.newContext({ viewport: look.viewport, reducedMotion: "reduce", hasTouch: look.viewport === phone });
    await context.addInitScript(
      ([theme, locale]) => {
        localStorage.setItem("cerulean.theme", theme);
        localStorage.setItem("cerulean.locale", locale);
      },
      [look.theme, look.locale],
    );
    const page = await context.newPage();
    page.on("pageerror", (error) => console.log(`${name}.${look.name}: page error ${error.message}`));
    page.on("console", (line) => line.type() === "error" && console.log(`${name}.${look.name}: ${line.text().slice(0, 300)}`));
    try {
      await show(page);
    } catch (error) {
      console.log(`${name}.${look.name}: ${String(error).slice(0, 300)}`);
    }
    await page.screenshot({ path: join(out, `${name}.${look.name}.png`) });
    const result = await new AxeBuilder({ page }).analyze();
    for (const found of result.violations) {
      const isGrave = found.impact === "serious" || found.impact === "critical";
      if (isGrave) violations += 1;
      console.log(
        `${name}.${look.name}: axe ${found.impact} ${found.id}: ${found.nodes
          .slice(0, 3)
          .map((node) => `${node.target} ${node.any[0]?.message ?? ""}`)
          .join(" | ")
          .slice(0, 500)}`,
      );
    }
    await context.close();
  }
}
await browser.close();
console.log(`${violations} serious or critical violations, pictures in ${out}`);
process.exitCode = violations > 0 ? 1 : 0;
