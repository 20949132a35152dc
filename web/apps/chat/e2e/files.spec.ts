import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { picture } from "./support/media";
import { expect, test } from "./support/test";

async function sizeOf(image: Locator): Promise<{ width: number; height: number }> {
  const read = () => image.evaluate((one: HTMLImageElement) => ({ width: one.naturalWidth, height: one.naturalHeight }));
  await expect.poll(async () => (await read()).width).toBeGreaterThan(0);
  return read();
}

async function download(file: Locator): Promise<{ name: string; bytes: Buffer }> {
  const started = file.page().waitForEvent("download");
  await file.click();
  const saved = await started;
  return { name: saved.suggestedFilename(), bytes: await readFile(await saved.path()) };
}

test("a picture is sent, shown as a thumbnail and opened in full", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.attach("image-input", { name: "dune.png", mimeType: "image/png", buffer: await picture(ann) });
  await ann.expectLast(/sent|delivered/);

  await expect(ben.item(ann.user.id)).toContainText("[Photo]");
  await ben.item(ann.user.id).click();
  const thumbnail = ben.byId("message-image").locator("img");
  const small = await sizeOf(thumbnail);
  expect(small.width).toBeLessThan(1600);
  expect(small.width / small.height).toBeCloseTo(1.6, 1);

  await ben.byId("message-image").click();
  expect(await sizeOf(ben.byId("lightbox").locator("img"))).toEqual({ width: 1600, height: 1000 });
  await ben.page.keyboard.press("Escape");
  await expect(ben.byId("lightbox")).toHaveCount(0);
});

test("a file comes out with the bytes that went in", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const sent = { name: "季度报告 Q3 (final).bin", mimeType: "application/octet-stream", buffer: randomBytes(3_000_000) };
  await ann.open(ben.user.id);
  await ann.attach("file-input", sent);
  await ann.expectLast(/sent|delivered/);

  await expect(ben.item(ann.user.id)).toContainText(`[File] ${sent.name}`);
  await ben.item(ann.user.id).click();
  await expect(ben.byId("message-file")).toContainText(sent.name);
  const got = await download(ben.byId("message-file"));
  expect(got.name).toBe(sent.name);
  expect(got.bytes.equals(sent.buffer)).toBe(true);
});

test("a profile picture is set and seen by a friend", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.byId("nav-me").click();
  await ann.byId("avatar-input").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: await picture(ann) });
  await expect(ann.byId("toasts")).toContainText("Picture changed");
  expect((await sizeOf(ann.byId("nav-me").locator("img"))).width).toBeGreaterThan(0);
  await ben.byId("nav-contacts").click();
  expect((await sizeOf(ben.byId("friend-item").locator("img"))).width).toBeGreaterThan(0);
});
