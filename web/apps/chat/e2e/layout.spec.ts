import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, phone, test, Messenger } from "./support/test";

async function graveViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(" | ")}`);
}

test("on a phone one pane is shown at a time, and nothing runs off the side", async ({ world }) => {
  const [ann, ben] = await world.friends({ viewport: phone, hasTouch: true });
  await ann.open(ben.user.id);
  await ann.send(`a word that is too long for the screen: ${"o".repeat(120)}`);
  await ben.item(ann.user.id).click();
  await expect(ben.byId("conversation-list")).toBeHidden();
  await expect(ben.bubbles).toBeVisible();
  const overflow = () => ben.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBe(0);
  await ben.byId("back").click();
  await expect(ben.byId("conversation-list")).toBeVisible();
  await expect(ben.byId("conversation-pane")).toHaveCount(0);
  expect(await overflow()).toBe(0);
});

for (const theme of ["light", "dark"] as const) {
  test(`the main screens are accessible (${theme})`, async ({ world }) => {
    const browser = await world.browser({ colorScheme: theme });
    const [ann, ben] = await Promise.all([world.api.register("ann"), world.api.register("ben")]);
    await world.api.befriend(ann, ben);
    const signedOut = new Messenger(await world.tab(browser), ann);
    await expect(signedOut.byId("sign-in-form")).toBeVisible();
    expect(await graveViolations(signedOut.page)).toEqual([]);
    await signedOut.page.close();

    await world.api.sendAs(ben, ann, "Good morning!");
    await world.api.sendAs(ann, ben, "Morning. See https://example.com");
    await world.api.sendAs(ben, ann, "👍");
    const reader = await world.enter(ann, {}, browser);
    const look = async (hash: string, testId: string) => {
      await reader.page.evaluate((to) => (window.location.hash = to), hash);
      await expect(reader.byId(testId).first()).toBeVisible();
      expect(await graveViolations(reader.page), hash).toEqual([]);
    };
    await look("#/chats", "conversation-item");
    await look(`#/chats/${ben.id}`, "message-bubble");
    await reader.byId("open-details").click();
    await look(`#/chats/${ben.id}`, "verify-button");
    await look(`#/contacts/${ben.id}`, "user-card");
    await look("#/contacts/requests", "requests");
    await look("#/settings/profile", "profile-form");
    await look("#/settings/preferences", "theme-dark");
    await look("#/settings/password", "password-form");
    await look("#/settings/devices", "device-item");
  });

  test(`all kinds of messages, and what opens beside them, are accessible (${theme})`, async ({ world }) => {
    const [ann, ben] = await Promise.all([world.api.register("ann"), world.api.register("ben")]);
    await world.api.befriend(ann, ben);
    const sound = { url: `${world.server.url}/file/none`, dName: "voice.webm", fLen: 1, duration: 4, wave: [1, 31] };
    const item = { from: ben.id, name: "Ben", at: 0, kind: "text", text: "hello" };
    const markdown = "# Title\n\n- one\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |";
    await world.api.sendRaw(ben, [ann.id], { content: markdown, ext: JSON.stringify({ format: "markdown" }) });
    await world.api.sendRaw(ben, [ann.id], { content: "plain", ext: JSON.stringify({ merged: { title: "Record", items: [item] } }) });
    await world.api.sendRaw(ben, [ann.id], { content_type: 2, attachment: JSON.stringify(sound) });
    await world.api.sendRaw(ben, [ann.id], { content_type: 5, attachment: JSON.stringify({ lat: 1, lon: 2, addr: "Pier" }) });
    const reader = await world.enter(ann, { colorScheme: theme });
    const check = async (testId: string) => {
      await expect(reader.byId(testId).first()).toBeVisible();
      expect(await graveViolations(reader.page), testId).toEqual([]);
    };
    await reader.open(ben.id);
    await expect(reader.byId("copy-code")).toBeVisible();
    await expect(reader.byId("message-voice")).toBeVisible();
    await reader.byId("open-search").click();
    await reader.byId("message-search").fill("pier");
    await check("search-hit");
    await reader.byId("search-close").click();
    await reader.byId("voice-button").click();
    await check("recorder-time");
    await reader.byId("recorder-discard").click();
    await reader.act(reader.byId("message-location"), "select");
    await check("selection-bar");
    await reader.byId("selection-end").click();
    await reader.byId("attach-menu").click();
    await reader.byId("action-attach-place").click();
    await check("location-dialog");
  });
}
