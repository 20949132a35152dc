import { expectAccessible } from "./support/accessible";
import { picture } from "./support/media";
import { Site } from "./support/site";
import { expect, test } from "./support/test";

test("a link has a card that the server made, and nobody's browser visits the site", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const site = await Site.start();
  try {
    const head = `<title>Page title</title>
      <meta property="og:site_name" content="Tea shop"><meta property="og:title" content="Green &amp; <b>strong</b>">
      <meta property="og:description" content="From the hills"><meta property="og:image" content="/tea.png">`;
    site.pages.set("/tea", { type: "text/html; charset=utf-8", body: `<html><head>${head}</head><body>tea</body></html>` });
    site.pages.set("/tea.png", { type: "image/png", body: await picture(ann, 800, 420) });
    site.pages.set("/plain.txt", { type: "text/plain", body: "nothing to show" });

    await ben.open(ann.user.id);
    await ann.open(ben.user.id);
    await ann.send(`look at ${site.url}/tea`);
    const card = ben.byId("link-card");
    await expect(card).toContainText("Tea shop · 127.0.0.1Green & <b>strong</b>From the hills");
    await expect(card).toHaveAttribute("href", `${site.url}/tea`);
    await expect(card).toHaveAttribute("rel", "noopener noreferrer nofollow");
    await expect.poll(() => card.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    expect(await card.locator("img").evaluate((image: HTMLImageElement) => new URL(image.src).origin)).toBe(world.server.url);
    await expect(ann.byId("link-card")).toBeVisible();
    // The newest message stays in view although the card came later.
    await expect(card).toBeInViewport();
    for (const { headers } of site.requests) {
      expect(headers.referer).toBeUndefined();
      expect(headers["user-agent"]).not.toContain("Mozilla");
    }
    expect(site.requests.filter(({ path }) => path === "/tea")).toHaveLength(1);
    await expectAccessible(ben.page);

    await ann.send(`nothing at ${site.url}/plain.txt`);
    await ann.send(`and again ${site.url}/tea`);
    await expect(ben.byId("link-card")).toHaveCount(2);

    await ben.page.goto("/chat/#/settings/privacy");
    await ben.byId("privacy-link-previews").click();
    await ben.open(ann.user.id);
    await expect(ben.bubble(`nothing at ${site.url}/plain.txt`)).toBeVisible();
    await expect(ben.byId("link-card")).toHaveCount(0);
    expect(site.requests.filter(({ path }) => path === "/tea")).toHaveLength(1);
  } finally {
    site.stop();
  }
});
