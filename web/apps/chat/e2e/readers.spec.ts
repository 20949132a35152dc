import { createGroup, expect, test, trio } from "./support/test";

test("who has read a message of a group is counted and listed", async ({ world }) => {
  const [ann, ben, cleo] = await trio(world);
  const group = await createGroup(ann, "Lake weekend", [ben, cleo]);
  await world.api.as(ann.user, "/group/settings/enable_read_ack", { group_id: group, value: true });
  await ann.send("Read this, please");
  const count = ann.bubbles.filter({ hasText: "Read this" }).locator("xpath=..").getByTestId("read-count");
  await expect(count).toHaveText("Read by 0", { timeout: 20_000 });
  await ben.open(group);
  await expect(ben.bubble("Read this, please")).toBeVisible();
  await expect(count).toHaveText("Read by 1", { timeout: 20_000 });
  await count.click();
  await expect(ann.byId("reader-item")).toHaveText([ben.user.username]);
  await ann.page.keyboard.press("Escape");
  await cleo.open(group);
  await expect(count).toHaveText("Read by all", { timeout: 20_000 });
  await expect(ben.byId("read-count")).toHaveCount(0);
});
