import { expectAccessible } from "./support/accessible";
import { createGroup, expect, test, trio } from "./support/test";

test("a search goes through the whole history and leads to the hit", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await world.api.sendAs(ben.user, ann.user, "the needle is blue");
  for (let index = 1; index <= 120; index += 1) await world.api.sendAs(ben.user, ann.user, `hay ${index}`);
  await world.api.sendAs(ben.user, ann.user, "another NEEDLE");

  await ann.open(ben.user.id);
  await ann.byId("open-search").click();
  await ann.byId("message-search").fill("needle");
  await expect(ann.byId("search-status")).toHaveText("2 hits in the whole conversation");
  await expect(ann.byId("search-hit")).toHaveCount(2);
  await expect(ann.byId("search-hit").first()).toContainText("another NEEDLE");
  await expect(ann.byId("search-hit").first().locator("mark")).toHaveText("NEEDLE");

  await ann.byId("search-hit").last().click();
  await expect(ann.bubble("the needle is blue")).toBeInViewport();
  await ann.byId("jump-to-latest").click();
  await expect(ann.bubble("another NEEDLE")).toBeInViewport();

  await ann.byId("message-search").fill("nothing of the kind");
  await expect(ann.byId("search-panel")).toContainText("Nothing found");
  await ann.page.keyboard.press("Escape");
  await expect(ann.byId("message-search")).toHaveValue("");
  await ann.page.keyboard.press("Escape");
  await expect(ann.byId("search-panel")).toHaveCount(0);
});

test("a quotation leads to its message, however far back it stands", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.send("where it began");
  await ben.open(ann.user.id);
  await ben.act(ben.bubble("where it began"), "reply");
  await ben.send("and where it went");
  for (let index = 1; index <= 60; index += 1) await world.api.sendAs(ann.user, ben.user, `between ${index}`);
  await ben.act(ben.bubble("between 60"), "reply");
  await ben.send("the end");
  await ben.expectLast(/sent|delivered|read/);
  await ben.page.reload();
  await expect(ben.bubble("the end").last()).toBeVisible();
  await expect(ben.bubble("where it began")).toHaveCount(0);

  await ben.byId("open-search").click();
  await ben.byId("message-search").fill("and where it went");
  await ben.byId("search-hit").click();
  await expect(ben.bubble("and where it went")).toBeInViewport();
  await ben.bubble("and where it went").locator(".bubble-reply").click();
  await expect(ben.bubble("where it began")).toBeInViewport();
});

test("who comes back to many messages gets to the first unread one and to the mention", async ({ world }) => {
  const [ann, ben, cleo] = await trio(world);
  const group = await createGroup(ann, "Lake weekend", [ben, cleo]);
  await ann.send("read before");
  await ben.open(group);
  await expect(ben.bubble("read before")).toBeVisible();
  await expect(ben.badge(group)).toHaveCount(0);
  await ben.leave();

  for (let index = 1; index <= 30; index += 1) await world.api.sendToGroup(cleo.user, group, `first ${index}`);
  await ann.input.pressSequentially("@ben");
  await ann.byId("mention-list").getByRole("option").first().click();
  await ann.input.pressSequentially("look here");
  await ann.input.press("Enter");
  for (let index = 1; index <= 45; index += 1) await world.api.sendToGroup(cleo.user, group, `then ${index}`);
  await expect(ben.item(group).getByLabel("You were mentioned")).toBeVisible();

  await ben.page.reload();
  await expect(ben.badge(group)).toHaveText("76");
  await ben.item(group).click();
  await expect(ben.byId("jump-to-unread")).toContainText("76 unread messages");
  await ben.byId("jump-to-unread").click();
  await expect(ben.bubble("first 1")).toBeInViewport();
  await expect(ben.byId("unread-divider")).toBeInViewport();
  await expect(ben.byId("jump-to-unread")).toHaveCount(0);

  await ben.byId("jump-to-mention").click();
  const mention = ben.bubbles.filter({ hasText: "look here" });
  await expect(mention).toBeInViewport();
  await expect(mention).toHaveClass(/is-mention/);
  await expect(mention.locator(".mention")).toHaveText(`@${ben.user.username}`);
  await expect(ben.byId("jump-to-mention")).toHaveCount(0);
  await expect(async () => {
    // Rows that are measured late may hold the list up; the button is there until the end is reached.
    if (await ben.byId("jump-to-latest").isVisible()) await ben.byId("jump-to-latest").click();
    await expect(ben.bubble("then 45")).toBeInViewport({ timeout: 2_000 });
  }).toPass({ timeout: 15_000 });
});

test("the line of a recalled message survives a reload on both sides", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  for (const text of ["one", "two", "three"]) await ann.send(text);
  await ben.open(ann.user.id);
  await ann.act(ann.bubble("two"), "recall");
  await expect(ben.byId("system-message")).toHaveText(`${ann.user.username} recalled a message`);
  for (const one of [ann, ben]) {
    await one.page.reload();
    await one.expectTexts(["one", "three"]);
  }
  await expect(ann.byId("system-message")).toHaveText("You recalled a message");
  await expect(ben.byId("system-message")).toHaveText(`${ann.user.username} recalled a message`);
});

test("a browser that signs in later shows the line of a recalled message", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  for (const text of ["one", "two", "three"]) await ann.send(text);
  await ann.expectStatus("three", /sent|delivered|read/);
  await ann.act(ann.bubble("two"), "recall");
  await expect(ann.byId("system-message")).toHaveText("You recalled a message");

  for (const [person, other, line] of [
    [ann, ben, "You recalled a message"],
    [ben, ann, `${ann.user.username} recalled a message`],
  ] as const) {
    const later = await world.enter(person.user);
    await later.open(other.user.id);
    await expect(later.byId("system-message")).toHaveText(line);
    await later.expectTexts(["one", "three"]);
    // In its place, between the two.
    const rows = later.page.locator("[data-testid=message-bubble], [data-testid=system-message]");
    await expect(rows.nth(1)).toHaveText(line);
  }
});

test("one search field finds people, groups and messages of all conversations", async ({ world }) => {
  const [ann, ben, cleo] = await trio(world);
  const group = await createGroup(ann, "Needlework", [ben, cleo]);
  await world.api.sendToGroup(cleo.user, group, "who has a needle?");
  await world.api.sendAs(ben.user, ann.user, "the first needle is blue");
  for (let index = 1; index <= 120; index += 1) await world.api.sendAs(ben.user, ann.user, `hay ${index}`);
  await world.api.sendAs(cleo.user, ann.user, "nothing of the kind");
  await world.api.tell(ann.user, "a needle for every user");

  // A browser that has none of it yet.
  const later = await world.enter(ann.user);
  await later.byId("conversation-search").fill("needle");
  await expect(later.byId("search-all-status")).toHaveText("3 messages found");
  await expect(later.byId("conversation-item")).toContainText("Needlework");
  await expect(later.byId("found-conversation")).toHaveCount(3);

  await later.byId("conversation-search").press("ArrowDown");
  await expect(later.byId("conversation-item")).toBeFocused();
  const hit = later.byId("search-hit").filter({ hasText: "the first needle is blue" });
  await hit.click();
  await expect(later.bubble("the first needle is blue")).toBeInViewport();
  await later.byId("search-hit").filter({ hasText: "who has a needle?" }).click();
  await expect(later.byId("conversation-title")).toHaveText("Needlework");
  await expect(later.bubble("who has a needle?")).toBeInViewport();
  await hit.click();
  await expect(later.bubble("the first needle is blue")).toBeInViewport();
  await later.byId("search-hit").filter({ hasText: "a needle for every user" }).click();
  await expect(later.byId("conversation-title")).toHaveText("Announcements");
  await expect(later.bubble("a needle for every user")).toBeInViewport();

  await later.byId("conversation-search").fill("no such word");
  await expect(later.byId("search-all-status")).toHaveText("0 messages found");
  await expect(later.page.getByText("Nothing found")).toBeVisible();
  await expectAccessible(later.page);
});
