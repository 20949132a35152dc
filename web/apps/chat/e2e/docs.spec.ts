import { expectAccessible } from "./support/accessible";
import { expect, test } from "./support/test";

for (const width of [360, 1280]) {
  test(`the documents are found and left again at ${width} px`, async ({ world }) => {
    // The pages are long, and drawing them takes a loaded machine its time.
    test.slow();
    const page = await (await world.browser({ viewport: { width, height: 740 } })).newPage();
    await page.goto("/docs/");
    await expect(page).toHaveURL(/\/docs$/);
    const contents = page.locator("#contents");
    const line = (name: string) => contents.getByRole("link", { name: new RegExp(`^${name}`) });
    await expect(contents.getByRole("link")).toHaveCount(9);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBe(0);

    for (const [name, title] of [["Webhooks", "Webhooks"], ["Import and export", "Moving in and out"], ["Wire protocol", "Wire behaviour a compatible server must show"]] as const) {
      await line(name).press("Enter");
      await expect(page.getByRole("heading", { level: 1, name: title })).toBeInViewport();
      // A narrow screen has no room for the contents beside a document, only for the way back to them.
      if (width < 1000) await page.getByRole("navigation", { name: "Site" }).getByRole("link", { name: "Contents" }).click();
      await expect(line(name)).toBeInViewport();
    }
    // Two documents stand for all, as one function makes them; with the protocol notes it would take a minute.
    await page.evaluate(() => document.querySelectorAll("#extensions, #wire, #rest").forEach((one) => one.remove()));
    await expectAccessible(page);

    await page.getByRole("button", { name: "简体中文" }).click();
    await expect(contents.getByRole("link", { name: "导入与导出" })).toBeVisible();
    await page.getByRole("button", { name: "English" }).click();

    await contents.getByRole("link", { name: "Console API" }).click();
    await expect(page).toHaveURL(/\/docs\/api#tag-console$/);
    await expect(page.getByRole("heading", { level: 2, name: "console" })).toBeInViewport();
    await page.goto("/docs/api/");
    await expect(page).toHaveURL(/\/docs\/api$/);
    await page.goto("/docs");
    await contents.getByRole("link", { name: "SDK reference" }).click();
    await expect(page).toHaveURL(/\/docs\/sdk\/$/);
  });
}
