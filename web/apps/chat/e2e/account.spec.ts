import { expect, test, Messenger, phone } from "./support/test";
import { expectAccessible } from "./support/accessible";

/** Takes the place of the browser's notifications, and lets a test hide the page. */
function observe(): void {
  const seen: object[] = [];
  let isHidden = false;
  class Recorded {
    static permission = "default";
    static requestPermission = async () => (Recorded.permission = "granted");
    onclick: (() => void) | null = null;
    constructor(title: string, { body }: { body: string }) {
      seen.push({ title, body });
      Object.assign(window, { lastNotification: this });
    }
    close(): void {}
  }
  Object.assign(window, { Notification: Recorded, seenNotifications: seen, hidePage: (value: boolean) => (isHidden = value) });
  Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
}

interface Observed {
  seenNotifications: object[];
  lastNotification: { onclick(): void };
  hidePage(isHidden: boolean): void;
}

test("messages are told on the desktop while the page is hidden, as the user has set it", async ({ world }) => {
  const [ann, ben] = await Promise.all([world.api.register("ann"), world.api.register("ben")]);
  await world.api.befriend(ann, ben);
  const context = await world.browser();
  await context.addInitScript(observe);
  const tab = await world.enter(ann, {}, context);
  const seen = () => tab.page.evaluate(() => (window as unknown as Observed).seenNotifications);
  const hide = (isHidden: boolean) => tab.page.evaluate((value) => (window as unknown as Observed).hidePage(value), isHidden);

  await tab.byId("nav-settings").click();
  await tab.byId("settings-notifications").click();
  await tab.byId("notify-desktop").click();
  await expect(tab.byId("notify-desktop")).toHaveAttribute("aria-checked", "true");
  await expectAccessible(tab.page);

  await world.api.sendAs(ben, ann, "seen at once");
  await expect(tab.byId("nav-chats-badge")).toHaveText("1");
  expect(await seen()).toEqual([]);
  await hide(true);
  await world.api.sendAs(ben, ann, "look here");
  await expect.poll(seen).toEqual([{ title: ben.username, body: "look here" }]);
  await tab.page.evaluate(() => (window as unknown as Observed).lastNotification.onclick());
  await expect(tab.byId("conversation-title")).toHaveText(ben.username);

  await tab.page.goto("/chat/#/settings/notifications");
  await tab.byId("notify-detail").click();
  await expect(tab.byId("notify-detail")).toHaveAttribute("aria-checked", "false");
  await world.api.sendAs(ben, ann, "between us");
  await expect.poll(seen).toHaveLength(2);
  expect((await seen())[1]).toEqual({ title: "Cerulean", body: "You have a new message" });

  // The hour may change under the test. The night that is offered begins at 22, which therefore cannot be chosen as its end.
  const now = new Date().getHours();
  const [start, end] = [now, (now + 3) % 24 === 22 ? 23 : (now + 3) % 24].map(String) as [string, string];
  await tab.byId("notify-quiet").click();
  await tab.byId("notify-quiet-end").selectOption(end);
  await tab.byId("notify-quiet-start").selectOption(start);
  await expect(tab.byId("notify-quiet-start")).toHaveValue(start);
  await expect(tab.byId("notify-quiet-end")).toHaveValue(end);
  await world.api.sendAs(ben, ann, "at night");
  await tab.page.goto(`/chat/#/chats/${ben.id}`);
  await expect(tab.bubble("at night")).toBeVisible();
  expect(await seen()).toHaveLength(2);
});

test("a question is asked of whoever wants to be a friend, and a friend is muted", async ({ world }) => {
  const [ann, ben] = await Promise.all([
    world.enter(await world.api.register("ann")),
    world.enter(await world.api.register("ben"), { viewport: phone }),
  ]);
  await ann.byId("nav-settings").click();
  await ann.byId("settings-privacy").click();
  await ann.byId("privacy-auth-mode").selectOption("2");
  await expect(ann.byId("privacy-save")).toBeDisabled();
  await ann.byId("privacy-question").fill("Which lake?");
  await ann.byId("privacy-answer").fill("Constance");
  await ann.byId("privacy-save").click();
  await ann.byId("privacy-group-confirm").click();
  await expectAccessible(ann.page);
  await ann.page.reload();
  await expect(ann.byId("privacy-question")).toHaveValue("Which lake?");
  await expect(ann.byId("privacy-group-confirm")).toHaveAttribute("aria-checked", "true");

  await ben.page.goto(`/chat/#/contacts/${ann.user.id}`);
  await ben.byId("action-apply-friend").click();
  await expect(ben.byId("prompt-dialog")).toContainText("Which lake?");
  await ben.byId("prompt-input").fill("Geneva");
  await ben.byId("prompt-accept").click();
  await expect(ben.byId("toasts")).not.toBeEmpty();
  await expect(ben.byId("action-message-user")).toHaveCount(0);
  await ben.byId("action-apply-friend").click();
  await ben.byId("prompt-input").fill("Constance");
  await ben.byId("prompt-accept").click();
  await expect(ben.byId("action-message-user")).toBeVisible();
  await ben.byId("action-mute-friend").click();
  await expect(ben.byId("action-unmute-friend")).toBeVisible();

  await ben.byId("action-block-user").click();
  await ben.byId("confirm-accept").click();
  await ben.page.goto("/chat/#/settings/privacy");
  await expect(ben.byId("privacy-blocked")).toContainText(ann.user.username);
  await ben.byId("privacy-unblock").click();
  await expect(ben.byId("privacy-blocked")).toHaveCount(0);
});

test("my code leads to me, and an address can be left", async ({ world }) => {
  const [ann, ben] = await Promise.all([world.enter(await world.api.register("ann")), world.enter(await world.api.register("ben"))]);
  await ann.byId("nav-settings").click();
  await ann.byId("my-code").click();
  const picture = await ann.byId("qr-picture").screenshot();
  await expectAccessible(ann.page);
  await ben.byId("new-menu").click();
  await ben.byId("action-scan-code").click();
  await ben.byId("scan-picture").setInputFiles({ name: "code.png", mimeType: "image/png", buffer: picture });
  await expect(ben.byId("user-card")).toContainText(ann.user.username);

  await ann.page.goto("/chat/#/settings/profile");
  await ann.page.reload();
  await ann.byId("profile-email").fill(`${ann.user.username}@example.com`);
  await ann.byId("profile-save").click();
  await expect(ann.byId("toasts")).toContainText("Saved");
  await ann.page.reload();
  await expect(ann.byId("profile-email")).toHaveValue(`${ann.user.username}@example.com`);
});

test("an account is deleted only with the password and the name", async ({ world }) => {
  const ann = await world.enter(await world.api.register("ann"));
  await ann.byId("nav-settings").click();
  await ann.byId("settings-remove").click();
  const remove = async (password: string) => {
    await ann.byId("remove-password").fill(password);
    await ann.byId("remove-submit").click();
    await expect(ann.byId("confirm-accept")).toBeDisabled();
    await ann.byId("confirm-typed").fill(ann.user.username);
    await ann.byId("confirm-accept").click();
  };
  await remove("not it");
  await expect(ann.byId("remove-form").locator(".field-error")).toBeVisible();
  await expectAccessible(ann.page);
  await remove(ann.user.password);
  await expect(ann.page.getByText("This account no longer exists.")).toBeVisible();
  await ann.signIn();
  await expect(ann.byId("sign-in-error")).toBeVisible();
});

test("a new password is judged while it is typed", async ({ world }) => {
  const nina = new Messenger(await world.tab(await world.browser()), { id: 0, username: "nina", password: "" });
  await nina.byId("sign-in-switch").click();
  await nina.byId("sign-in-name").fill("heron");
  await nina.byId("sign-in-password").fill("heron2024");
  await expect(nina.byId("password-meter")).toContainText("It holds your name");
  await nina.byId("sign-in-password").fill("four quiet herons by the lake");
  await expect(nina.byId("password-meter")).toHaveAttribute("data-score", "4");
  await expectAccessible(nina.page);
});
