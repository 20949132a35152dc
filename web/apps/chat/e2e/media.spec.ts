import { randomBytes } from "node:crypto";
import { film, picture } from "./support/media";
import { expect, test } from "./support/test";

test("a voice message is recorded, heard at another place and speed, and known as played", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.byId("voice-button").click();
  // Long enough that it still plays when it is paused, also on a slow machine.
  await expect(ann.byId("recorder-time")).toHaveText("0:08");
  await expect(ann.page.locator(".recorder-levels i").nth(20)).toBeAttached();
  await ann.byId("recorder-send").click();
  await ann.expectLast(/sent|delivered/);
  await expect(ann.input).toBeVisible();

  await expect(ben.item(ann.user.id)).toContainText("[Voice]");
  await ben.item(ann.user.id).click();
  await expect(ben.byId("voice-unplayed")).toBeVisible();
  await expect(ben.byId("voice-time")).toHaveText(/^0:0[89]$/);
  const heights = await ben.byId("voice-seek").locator("i").evaluateAll((bars) => bars.map((bar) => (bar as HTMLElement).style.height));
  expect(heights.length).toBe(48);
  expect(new Set(heights).size).toBeGreaterThan(1);

  await ben.byId("voice-speed").click();
  await expect(ben.byId("voice-speed")).toHaveText("1.5×");
  await ben.byId("voice-play").click();
  await expect(ben.byId("voice-unplayed")).toHaveCount(0);
  await expect(ann.byId("message-voice")).toContainText("played");
  await ben.byId("voice-play").click();
  await expect(ben.byId("message-voice")).toHaveAttribute("data-playing", "false");
  await ben.byId("voice-seek").focus();
  await ben.page.keyboard.press("Home");
  await ben.page.keyboard.press("ArrowRight");
  await expect(ben.byId("voice-seek")).toHaveAttribute("aria-valuenow", "2");

  await ben.page.reload();
  await expect(ben.byId("message-voice")).toBeVisible();
  await expect(ben.byId("voice-unplayed")).toHaveCount(0);
});

test("a recording that is discarded sends nothing, and a refused microphone is explained", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.byId("voice-button").click();
  await expect(ann.byId("recorder")).toBeVisible();
  await ann.page.keyboard.press("Escape");
  await expect(ann.input).toBeVisible();
  await expect(ann.bubbles).toHaveCount(0);

  await ann.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await ann.byId("voice-button").click();
  await expect(ann.byId("recorder-problem")).toContainText("Allow it in the browser's settings");
});

test("pictures are zoomed, turned and paged through with keys", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.attach("image-input", { name: "first.png", mimeType: "image/png", buffer: await picture(ann, 800, 500) });
  await expect(ann.bubbles).toHaveCount(1);
  await ann.attach("image-input", { name: "second.png", mimeType: "image/png", buffer: await picture(ann, 500, 800) });
  await expect(ann.bubbles).toHaveCount(2);
  await ben.item(ann.user.id).click();
  await expect(ben.byId("message-image")).toHaveCount(2);
  await ben.byId("message-image").first().click();
  const viewer = ben.byId("lightbox");
  const image = viewer.locator("img");
  await expect(viewer).toContainText("1 of 2");
  await ben.byId("viewer-zoom-in").click();
  await expect(viewer).toContainText("140%");
  await ben.page.keyboard.press("r");
  await expect(image).toHaveAttribute("style", /rotate\(90deg\) scale\(1\.4\)/);
  await ben.page.keyboard.press("ArrowRight");
  await expect(viewer).toContainText("2 of 2");
  await expect(image).toHaveAttribute("style", /rotate\(0deg\) scale\(1\)/);
  await expect(ben.byId("viewer-next")).toHaveCount(0);
  await ben.page.keyboard.press("Escape");
  await expect(viewer).toHaveCount(0);
});

test("a video shows a still and plays in place", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.attach("image-input", { name: "film.webm", mimeType: "video/webm", buffer: await film(ann) });
  await ann.expectLast(/sent|delivered/);
  await ben.item(ann.user.id).click();
  const video = ben.byId("message-video").locator("video");
  await expect(video).toHaveAttribute("poster", /\/file\//);
  expect(await video.evaluate((one: HTMLVideoElement) => one.readyState)).toBe(0);
  await ben.byId("video-play").click();
  await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.currentTime)).toBeGreaterThan(0.1);
});

test("a place is found by the device or typed, and shown without asking any map", async ({ world }) => {
  const [ann, ben] = await world.friends({ geolocation: { latitude: 31.2304, longitude: 121.4737 }, permissions: ["geolocation"] });
  const foreign: string[] = [];
  ben.page.on("request", (request) => request.url().startsWith(world.server.url) || foreign.push(request.url()));
  await ann.open(ben.user.id);
  await ann.byId("attach-menu").click();
  await ann.byId("action-attach-place").click();
  await ann.byId("location-mine").click();
  await expect(ann.byId("location-latitude")).toHaveValue("31.23040");
  await ann.byId("location-address").fill("The old pier");
  await ann.byId("location-send").click();
  await ann.expectLast(/sent|delivered/);

  await ben.item(ann.user.id).click();
  const card = ben.byId("message-location");
  await expect(card).toContainText("The old pier");
  await expect(card).toContainText("31.23040° N, 121.47370° E");
  await expect(card.getByRole("link")).toHaveAttribute("href", /openstreetmap\.org\/\?mlat=31\.23040&mlon=121\.47370/);
  expect(foreign.filter((url) => url.startsWith("http"))).toEqual([]);

  await ben.byId("attach-menu").click();
  await ben.byId("action-attach-place").click();
  await ben.byId("location-latitude").fill("95");
  await ben.byId("location-longitude").fill("-70.25");
  await ben.byId("location-send").click();
  await expect(ben.byId("location-dialog")).toContainText("A number from -90 to 90.");
  await ben.byId("location-latitude").fill("-33.5");
  await ben.byId("location-send").click();
  await expect(ann.byId("message-location").last()).toContainText("33.50000° S, 70.25000° W");
});

test("an upload shows how far it is, is stopped, and another one is tried again", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  let isHeld = true;
  let isBroken = false;
  await ann.page.route("**/file/upload/**", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    if (isBroken) return route.fulfill({ status: 413, json: { code: 413, message: "too large" } });
    if (!isHeld) return route.continue();
  });
  const file = (name: string) => ({ name, mimeType: "application/octet-stream", buffer: randomBytes(200_000) });
  await ann.attach("file-input", file("stopped.bin"));
  await expect(ann.byId("message-file").getByRole("progressbar")).toBeVisible();
  await ann.byId("upload-cancel").click();
  await expect(ann.bubbles).toHaveCount(0);

  isBroken = true;
  await ann.attach("file-input", file("refused.bin"));
  await expect(ann.byId("message-retry")).toContainText("This is too large to send.");
  isBroken = false;
  isHeld = false;
  await ann.byId("message-retry").click();
  await ann.expectLast(/sent|delivered/);
  await ben.item(ann.user.id).click();
  await expect(ben.byId("message-file")).toHaveCount(1);
  await expect(ben.byId("message-file")).toContainText("refused.bin");
});

test("files are dropped and pasted into a conversation", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  const give = (kind: "drop" | "paste", name: string) =>
    ann.page.evaluate(
      ([event, fileName]) => {
        const data = new DataTransfer();
        data.items.add(new File(["content"], fileName, { type: "text/plain" }));
        const pane = document.querySelector("[data-testid=conversation-pane]");
        const input = document.querySelector("[data-testid=composer-input]");
        const init = { bubbles: true, cancelable: true };
        if (event === "paste") return input?.dispatchEvent(new ClipboardEvent("paste", { ...init, clipboardData: data }));
        for (const type of ["dragenter", "dragover", "drop"]) pane?.dispatchEvent(new DragEvent(type, { ...init, dataTransfer: data }));
      },
      [kind, name] as const,
    );
  for (const [kind, name] of [["drop", "dropped.txt"], ["paste", "pasted.txt"]] as const) {
    await give(kind, name);
    await expect(ann.byId("attach-dialog")).toContainText(name);
    await ann.byId("attach-send").click();
    await expect(ann.byId("message-file").last()).toContainText(name);
  }
  await ben.item(ann.user.id).click();
  await expect(ben.byId("message-file")).toHaveCount(2);
});
