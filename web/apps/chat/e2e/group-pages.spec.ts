import { expect, test, phone, type Messenger, type World } from "./support/test";
import { expectAccessible } from "./support/accessible";

/** A group of two friends, open with its details in both browsers; the first is the owner. */
async function choir(world: World): Promise<[Messenger, Messenger, number]> {
  const [ann, ben] = await world.friends();
  const { group_id: group } = await world.api.as<{ group_id: number }>(ann.user, "/group/create", {
    name: "Choir", type: 0, avatar: "", description: "", user_list: [ben.user.id],
  });
  for (const person of [ann, ben]) {
    await person.open(group);
    await person.byId("open-details").click();
  }
  return [ann, ben, group];
}

test("the owner sets up a group and its members follow", async ({ world }) => {
  test.slow();
  const [ann, ben] = await choir(world);
  await ann.byId("group-page-settings").click();
  await ann.byId("group-info-name").fill("Chamber choir");
  await ann.byId("group-info-description").fill("Bach and before");
  await ann.byId("group-info-save").click();
  await expect(ben.byId("group-details-name")).toHaveText("Chamber choir");
  await expect(ben.byId("group-details-description")).toHaveText("Bach and before");
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await ann.byId("group-avatar-input").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await expect(ben.byId("details-panel").locator(".user-card img")).toBeVisible();
  await ann.byId("group-switch-allowMemberInvitation").click();
  await ann.byId("group-approval").selectOption("2");
  await ben.byId("group-page-settings").click();
  await expect(ben.byId("group-approval")).toHaveCount(0);
  await ben.byId("group-mute-mode").selectOption("1");
  await expectAccessible(ann.page);
  await ann.page.reload();
  await ann.byId("open-details").click();
  await ann.byId("group-page-settings").click();
  await expect(ann.byId("group-approval")).toHaveValue("2");
  await ben.page.reload();
  await ben.byId("open-details").click();
  await ben.byId("group-page-settings").click();
  await expect(ben.byId("group-mute-mode")).toHaveValue("1");
});

test("files are shared with a group, renamed and removed", async ({ world }) => {
  const [ann, ben] = await choir(world);
  await ben.byId("group-page-files").click();
  await ben.byId("shared-file-input").setInputFiles({ name: "score.txt", mimeType: "text/plain", buffer: Buffer.from("do re mi") });
  await expect(ben.byId("shared-file")).toContainText("score.txt");
  await ann.byId("group-page-files").click();
  const link = ann.byId("shared-file").getByRole("link");
  expect(await (await fetch((await link.getAttribute("href")) ?? "")).text()).toBe("do re mi");
  await ann.byId("shared-file-menu").click();
  await ann.byId("action-rename-file").click();
  await ann.byId("prompt-input").fill("hymn.txt");
  await ann.byId("prompt-accept").click();
  await expect(ann.byId("shared-file")).toContainText("hymn.txt");
  await expectAccessible(ann.page);
  await ann.byId("shared-file-menu").click();
  await ann.byId("action-remove-file").click();
  await ann.byId("confirm-accept").click();
  await expect(ann.byId("shared-file")).toHaveCount(0);
});

test("a member is silenced for a while, put out and kept out, and let in again", async ({ world }) => {
  const [ann, ben, group] = await choir(world);
  const benRow = ann.page.locator(`[data-testid="member-item"][data-user="${ben.user.id}"]`);
  await benRow.getByTestId("member-menu").click();
  await ann.byId("action-ban-member").click();
  await ann.byId("choice-10").click();
  await ann.byId("choice-accept").click();
  await expect(benRow).toContainText("silenced until");
  await benRow.getByTestId("member-menu").click();
  await ann.byId("action-block-member").click();
  await ann.byId("confirm-accept").click();
  await expect(ben.item(group)).toHaveCount(0);
  await ann.byId("group-page-blocked").click();
  await expect(ann.byId("group-blocked")).toContainText(ben.user.username);
  await expectAccessible(ann.page);
  await ann.byId("group-unblock").click();
  await expect(ann.byId("group-blocked")).toHaveCount(0);
});

test("a long list of members comes in parts and is searched whole", async ({ world }) => {
  const ann = await world.api.register("ann");
  const others = await Promise.all(Array.from({ length: 60 }, (_, index) => world.api.register(`m${index}`)));
  const { group_id: group } = await world.api.as<{ group_id: number }>(ann, "/group/create", {
    name: "Crowd", type: 0, avatar: "", description: "", user_list: others.map((one) => one.id),
  });
  const tab = await world.enter(ann);
  await tab.open(group);
  await tab.byId("open-details").click();
  await expect(tab.byId("member-item")).toHaveCount(50);
  await tab.byId("members-more").click();
  await expect(tab.byId("member-item")).toHaveCount(61);
  await tab.page.reload();
  await tab.byId("open-details").click();
  const last = others.reduce((a, b) => (a.id > b.id ? a : b));
  await tab.byId("member-search").fill(last.username);
  await expect(tab.byId("member-item")).toHaveText([new RegExp(last.username, "u")]);
});

test("an invitation link brings a stranger into the group, read from its picture", async ({ world }) => {
  test.slow();
  const [ann] = await choir(world);
  await ann.byId("action-invite-code").click();
  await expect(ann.byId("qr-picture")).toBeVisible();
  await expect(ann.byId("code-dialog")).toContainText("Valid until");
  await expectAccessible(ann.page);
  const picture = await ann.byId("qr-picture").screenshot();
  const link = await ann.byId("code-link").inputValue();

  const cleo = await world.enter(await world.api.register("cleo"), { viewport: phone });
  await cleo.byId("new-menu").click();
  await cleo.byId("action-scan-code").click();
  await cleo.byId("scan-text").fill("https://example.com/");
  await cleo.byId("scan-open").click();
  await expect(cleo.byId("scan-dialog")).toContainText("neither to a group nor to a user");
  await cleo.byId("scan-picture").setInputFiles({ name: "code.png", mimeType: "image/png", buffer: picture });
  await cleo.byId("join-accept").click();
  await expect(cleo.byId("conversation-title")).toHaveText("Choir");

  const dora = await world.enter(await world.api.register("dora"));
  await dora.page.goto(link);
  await expectAccessible(dora.page);
  await dora.byId("join-accept").click();
  await expect(dora.byId("conversation-title")).toHaveText("Choir");
  await dora.page.goto(`${link.slice(0, -4)}0000`);
  await dora.byId("join-accept").click();
  await expect(dora.byId("join-error")).toContainText("does not lead to a group");
});
