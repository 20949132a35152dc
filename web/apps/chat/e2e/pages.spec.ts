import { expectAccessible } from "./support/accessible";
import { expect, phone, test } from "./support/test";

const settings = ["profile", "notifications", "privacy", "preferences", "password", "devices", "remove"];
const groupPages = ["announcements", "files", "settings", "blocked"];

for (const locale of ["en-US", "zh-CN"]) {
  test(`every page of settings and of a group fits a phone and can be used without seeing it, ${locale}`, async ({ world }) => {
    // Each page is looked through twice, in light and in dark.
    test.slow();
    const [ann, ben] = await Promise.all([world.api.register("ann"), world.api.register("ben")]);
    const { group_id: group } = await world.api.as<{ group_id: number }>(ann, "/group/create", {
      name: "A group with quite a long name for such a small screen", type: 0, avatar: "", description: "", user_list: [ben.id],
    });
    const tab = await world.enter(ann, { viewport: phone, locale });
    const expectFits = async () => {
      await expectAccessible(tab.page);
      const overflow = await tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow).toBe(0);
    };
    for (const page of settings) {
      await tab.page.goto(`/chat/#/settings/${page}`);
      await expect(tab.page.locator(".page-body .card").first()).toBeVisible();
      await expectFits();
    }
    await tab.open(group);
    await tab.byId("open-details").click();
    await expect(tab.byId("member-item")).toHaveCount(2);
    await expectFits();
    for (const page of groupPages) {
      await tab.byId(`group-page-${page}`).press("Enter");
      await expect(tab.byId("details-back")).toBeFocused();
      await expectFits();
      await tab.page.keyboard.press("Enter");
      await expect(tab.byId("details-back")).toHaveCount(0);
    }
  });
}
