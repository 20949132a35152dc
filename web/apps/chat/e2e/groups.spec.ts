import { createGroup, expect, test, trio } from "./support/test";

test("a group is created, all write, one is removed", async ({ world }) => {
  const [ann, ben, cleo] = await trio(world);
  const group = await createGroup(ann, "Lake weekend", [ben, cleo]);
  await ann.send("Who brings the boat?");
  await expect(ben.badge(group)).toHaveText("1");
  await ben.item(group).click();
  await expect(ben.byId("conversation-title")).toHaveText("Lake weekend");
  await expect(ben.bubble("Who brings the boat?")).toContainText(ann.user.username);
  await ben.send("I do");
  await cleo.item(group).click();
  await cleo.expectTexts(["Who brings the boat?", "I do"]);
  await cleo.send("Then I bring cake");
  await ann.expectTexts(["Who brings the boat?", "I do", "Then I bring cake"]);
  await ben.input.pressSequentially("And");
  await expect(cleo.byId("typing-indicator")).toContainText(`${ben.user.username} is typing`);

  await ann.byId("open-details").click();
  await expect(ann.byId("member-item")).toHaveCount(3);
  await expect(ann.byId("group-details-name")).toHaveText("Lake weekend");
  const cleoRow = ann.page.locator(`[data-testid="member-item"][data-user="${cleo.user.id}"]`);
  await cleoRow.getByTestId("member-menu").click();
  await ann.byId("action-kick-member").click();
  await ann.byId("confirm-accept").click();
  await expect(ann.byId("member-item")).toHaveCount(2);
  await expect(cleo.byId("toasts")).toContainText("You were removed from this group.");
  await expect(cleo.item(group)).toHaveCount(0);
  await expect(cleo.byId("conversation-pane")).toHaveCount(0);

  await ann.send("Just the two of us");
  await expect(ben.bubble("Just the two of us")).toBeVisible();
  await cleo.page.goto(`/chat/#/chats/${group}`);
  await cleo.page.reload();
  await expect(cleo.byId("conversation-missing")).toBeVisible();
  await expect(cleo.item(group)).toHaveCount(0);

  await ann.byId("verify-button").click();
  await expect(ann.byId("verify-intact")).toBeVisible();
});

test("roles, silence, a new name and an announcement reach the members", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const group = await createGroup(ann, "Choir", [ben]);
  await ben.item(group).click();

  await ann.byId("open-details").click();
  await ann.byId("action-rename-group").click();
  await ann.byId("prompt-input").fill("Chamber choir");
  await ann.byId("prompt-accept").click();
  await expect(ben.byId("conversation-title")).toHaveText("Chamber choir");

  await ann.byId("action-mute-all").click();
  await ann.byId("choice--1").click();
  await ann.byId("choice-accept").click();
  await expect(ben.byId("composer-blocked")).toBeVisible();
  await ann.byId("action-unmute-all").click();
  await expect(ben.input).toBeVisible();

  await ann.byId("group-page-announcements").click();
  await ann.byId("announcement-title").fill("Monday");
  await ann.byId("announcement-content").fill("Rehearsal on Monday");
  await ann.byId("announcement-publish").click();
  await ben.byId("open-details").click();
  await expect(ben.byId("group-news")).toContainText("Rehearsal on Monday");
  await ben.byId("group-news-confirm").click();
  await expect(ben.byId("group-news")).toHaveCount(0);
  await ann.byId("details-back").click();

  const benRow = ann.page.locator(`[data-testid="member-item"][data-user="${ben.user.id}"]`);
  await benRow.getByTestId("member-menu").click();
  await ann.byId("action-make-admin").click();
  await expect(benRow).toContainText("Admin");
  await expect(ben.page.locator(`[data-testid="member-item"][data-user="${ben.user.id}"]`)).toContainText("Admin");
});

test("a member is invited later, leaves again, and the group is disbanded", async ({ world }) => {
  const [ann, ben, cleo] = await trio(world);
  const group = await createGroup(ann, "Allotment", [ben]);
  await ann.send("before cleo");
  await ann.byId("open-details").click();
  await ann.byId("open-invite").click();
  await ann.byId("group-invite").getByTestId("friend-option").filter({ hasText: cleo.user.username }).click();
  await ann.byId("group-invite-submit").click();
  await expect(ann.byId("member-item")).toHaveCount(3);
  await ann.send("welcome");
  await cleo.item(group).click();
  await expect(cleo.bubble("welcome")).toBeVisible();

  await cleo.byId("open-details").click();
  await cleo.byId("action-leave-group").click();
  await cleo.byId("confirm-accept").click();
  await expect(cleo.item(group)).toHaveCount(0);
  await expect(ann.byId("member-item")).toHaveCount(2);

  await ann.byId("action-destroy-group").click();
  await ann.byId("confirm-typed").fill("Allotment");
  await ann.byId("confirm-accept").click();
  await expect(ann.item(group)).toHaveCount(0);
  await expect(ben.item(group)).toHaveCount(0);
});

test("a mention is picked from the list and marks the conversation", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const group = await createGroup(ann, "Standup", [ben]);
  await ann.input.pressSequentially("@ben");
  await ann.byId("mention-list").getByText(ben.user.username).click();
  await ann.input.pressSequentially("your turn");
  await ann.input.press("Enter");
  await expect(ben.item(group).getByLabel("You were mentioned")).toBeVisible();
});

test("a group without a name goes by its members wherever it shows", async ({ world }) => {
  const [ann, ben, cleo] = await trio(world);
  const body = { name: "", user_list: [ben.user.id, cleo.user.id] };
  const { group_id: group } = await world.api.as<{ group_id: number }>(ann.user, "/group/create", body);
  const called = new RegExp(`^${ann.user.username}, ${cleo.user.username}$|^${cleo.user.username}, ${ann.user.username}$`);
  await expect(ben.item(group).locator(".conversation-title")).toHaveText(called);
  await ben.item(group).click();
  await expect(ben.byId("conversation-title")).toHaveText(called);
  await ben.byId("open-details").click();
  await expect(ben.byId("group-details-name")).toHaveText(called);
  await ben.byId("nav-contacts").click();
  await expect(ben.byId("group-item")).toContainText(ann.user.username);
});
