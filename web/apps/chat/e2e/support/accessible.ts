import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** No violation that axe finds, neither in light nor in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const theme of ["light", "dark"]) {
    await page.evaluate(async (name) => {
      document.documentElement.dataset.theme = name;
      // Colours on their way from one theme to the other are neither's; transitions begin with the next frame.
      const frame = () => new Promise(requestAnimationFrame);
      await frame();
      await Promise.allSettled(document.getAnimations().map((one) => one instanceof CSSTransition && one.finished));
      await frame();
    }, theme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${theme}: ${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  }
}
