import { expect, test } from "./support/test";

test("a friend request is sent, answered, and opens the conversation", async ({ world }) => {
  const [ann, ben] = await Promise.all([
    world.enter(await world.api.register("ann")),
    world.enter(await world.api.register("ben")),
  ]);
  await ann.byId("nav-contacts").click();
  await ann.byId("add-friend").click();
  await ann.byId("add-friend-input").fill("nobody_has_this_name");
  await ann.byId("add-friend-search").click();
  await expect(ann.byId("add-friend-dialog")).toContainText("Nobody has this name or id.");
  await ann.byId("add-friend-input").fill(ben.user.username);
  await ann.byId("add-friend-search").click();
  await ann.byId("found-user").getByTestId("action-apply-friend").click();
  await ann.byId("prompt-input").fill("We met at the lake");
  await ann.byId("prompt-accept").click();
  await expect(ann.byId("toasts")).toContainText("Request sent");
  await ann.page.reload();
  await ann.byId("requests-link").click();
  await expect(ann.byId("request-item")).toContainText("We met at the lake");
  await expect(ann.byId("request-item")).toHaveAttribute("data-status", "sent");
  await ann.byId("add-friend").click();
  await ann.byId("add-friend-input").fill(ben.user.username);
  await ann.byId("add-friend-search").click();
  await expect(ann.byId("found-user")).toContainText("Request sent. Waiting for an answer.");
  await expect(ann.byId("action-apply-friend")).toHaveCount(0);
  await ann.page.keyboard.press("Escape");

  await expect(ben.byId("nav-contacts-badge")).toHaveText("1");
  await ben.byId("nav-contacts").click();
  await ben.byId("requests-link").click();
  await expect(ben.byId("request-item")).toContainText("We met at the lake");
  await ben.byId("request-accept").click();
  await expect(ben.byId("request-item")).toHaveAttribute("data-status", "accepted");
  await expect(ben.byId("nav-contacts-badge")).toHaveCount(0);

  await expect(ann.byId("request-item")).toHaveCount(0);
  await ann.byId("friend-item").filter({ hasText: ben.user.username }).click();
  await ann.byId("action-message-user").click();
  await ann.send("Friends at last");
  await ben.byId("nav-chats").click();
  await ben.item(ann.user.id).click();
  await expect(ben.bubble("Friends at last")).toBeVisible();
});

test("a declined request leaves both strangers", async ({ world }) => {
  const [ann, ben] = await Promise.all([world.api.register("ann"), world.enter(await world.api.register("ben"))]);
  await world.api.apply(ann, ben.user, "Hi");
  await ben.byId("nav-contacts").click();
  await ben.byId("requests-link").click();
  await ben.byId("request-decline").click();
  await expect(ben.byId("request-item")).toHaveAttribute("data-status", "declined");
  await expect(ben.byId("friend-item")).toHaveCount(0);
});

test("a blocked friend cannot write until unblocked", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.byId("nav-contacts").click();
  await ann.byId("friend-item").click();
  await ann.byId("action-block-user").click();
  await ann.byId("confirm-accept").click();
  await expect(ann.byId("blocked-list")).toContainText(ben.user.username);

  await ben.open(ann.user.id);
  await ben.send("can you hear me?");
  await expect(ben.byId("message-retry")).toContainText("One of you has blocked the other.");

  await ann.byId("action-unblock-user").click();
  await expect(ann.byId("blocked-list")).toHaveCount(0);
  await ben.byId("message-retry").click();
  await ben.expectStatus("can you hear me?", "sent");
  await ann.byId("nav-chats").click();
  await expect(ann.badge(ben.user.id)).toHaveText("1");
});

test("a new nickname reaches friends", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ben.byId("nav-me").click();
  await ben.byId("profile-nickname").fill("Benjamin 本");
  await ben.byId("profile-save").click();
  await expect(ben.byId("my-name")).toHaveText("Benjamin 本");
  await ann.byId("nav-contacts").click();
  await expect(ann.byId("friend-item")).toContainText("Benjamin 本");
});

test("a changed password ends the session elsewhere", async ({ world }) => {
  const [ann] = await world.friends();
  const laptop = await world.enter(ann.user);
  await ann.byId("nav-settings").click();
  await ann.byId("settings-password").click();
  await ann.byId("password-old").fill(ann.user.password);
  await ann.byId("password-next").fill("an entirely new one");
  await ann.byId("password-again").fill("an entirely new one");
  await ann.byId("password-submit").click();
  await expect(laptop.byId("sign-in-form")).toBeVisible();
  await expect(laptop.page.getByText("Your password was changed. Please sign in again.")).toBeVisible();
  await laptop.signIn("an entirely new one");
  await expect(laptop.byId("shell")).toBeVisible();
});

test("another device is signed out from the list of devices", async ({ world }) => {
  const [ann] = await world.friends();
  const laptop = await world.enter(ann.user);
  await expect(ann.byId("toasts")).toContainText("A new device signed in");
  await ann.byId("toast-action").click();
  await expect(ann.byId("device-item")).toHaveCount(2);
  await expect(ann.byId("device-item").first()).toContainText("This device · signed in");
  await expect(ann.byId("device-item").first()).toContainText("Chrome");
  await expect(ann.byId("device-item").last()).toContainText(/Last connected \d\d:\d\d · signed in \d\d:\d\d/u);
  await ann.byId("device-kick").click();
  await ann.byId("confirm-accept").click();
  await expect(laptop.page.getByText("This device was signed out from another one of your devices.")).toBeVisible();
  await expect(ann.byId("device-item")).toHaveCount(1);
});
