import { expectAccessible } from "./support/accessible";
import { expect, Messenger, phone, test } from "./support/test";

test("a stranger opens the start page, signs in as the two demo users, and they chat", async ({ world }) => {
  const [first, second] = world.server.signIns.users.map((one) => ({ ...one, id: one.user_id }));
  if (!first || !second) throw new Error("the server made no two demo users");

  const page = await world.tab(await world.browser());
  await page.goto("/");
  await page.locator('a[href^="/chat"]').first().click();
  const ann = new Messenger(page, first);
  await expect(ann.byId("sign-in-app-id")).toHaveValue(world.server.signIns.app);
  await ann.signIn();
  const ben = await world.enter(second);

  // The demo users are friends from the start, so each finds the other without any preparation.
  await ann.byId("nav-contacts").click();
  await ann.byId("friend-item").filter({ hasText: second.username }).click();
  await ann.byId("action-message-user").click();
  await ann.send("Hello from the first window");
  await ben.item(first.id).click();
  await expect(ben.bubble("Hello from the first window")).toBeVisible();
  await ben.send("And hello back");
  await expect(ann.bubble("And hello back")).toBeVisible();
});

test("a new user registers and is in", async ({ world }) => {
  const user = { id: 0, username: `new_${Date.now().toString(36)}`, password: "a long enough one" };
  const nina = new Messenger(await world.tab(await world.browser()), user);
  await nina.byId("sign-in-switch").click();
  await nina.signIn();
  await expect(nina.byId("shell")).toBeVisible();
  await nina.byId("nav-me").click();
  await expect(nina.byId("my-name")).toHaveText(user.username);

  const twin = new Messenger(await world.tab(await world.browser()), user);
  await twin.byId("sign-in-switch").click();
  await twin.signIn();
  await expect(twin.byId("sign-in-error")).toContainText("This name is already taken.");
});

test("a wrong password is explained, the right one then works", async ({ world }) => {
  const user = await world.api.register("wren");
  const wren = new Messenger(await world.tab(await world.browser()), user);
  await wren.signIn("not it");
  await expect(wren.byId("sign-in-error")).toHaveText("User name, password or App ID is wrong. Please check and try again.");
  await wren.signIn();
  await expect(wren.byId("shell")).toBeVisible();
});

test("signing out leaves nothing behind and survives a reload", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.send("for our eyes only");
  await ann.expectStatus("for our eyes only", "sent");
  await ann.signOut();
  await ann.page.reload();
  await expect(ann.byId("sign-in-form")).toBeVisible();
  const kept = await ann.page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const session = Object.keys(localStorage).filter((key) => key.includes("session"));
    return { databases: databases.map((one) => one.name), session };
  });
  expect(kept).toEqual({ databases: [], session: [] });

  await ann.signIn();
  await ann.item(ben.user.id).click();
  await expect(ann.bubble("for our eyes only")).toBeVisible();
});

test("a reload keeps the session and the open conversation", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.send("before the reload");
  await ann.page.reload();
  await expect(ann.byId("conversation-pane")).toHaveAttribute("data-xid", String(ben.user.id));
  await ann.expectTexts(["before the reload"]);
  await expect(ann.byId("conversation-title")).toHaveText(ben.user.username);
});

test("the language can be switched before and after signing in, and is remembered", async ({ world }) => {
  const user = await world.api.register("lin");
  const lin = new Messenger(await world.tab(await world.browser()), user);
  await expect(lin.byId("sign-in-submit")).toHaveText("Sign in");
  await lin.byId("switch-language").click();
  await expect(lin.byId("sign-in-submit")).toHaveText("登录");
  await lin.signIn();
  await expect(lin.byId("nav-contacts")).toContainText("通讯录");
  await expect(lin.page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await lin.page.reload();
  await expect(lin.byId("nav-contacts")).toContainText("通讯录");
  await lin.byId("nav-settings").click();
  await lin.byId("settings-preferences").click();
  await lin.byId("locale-en").click();
  await expect(lin.byId("nav-contacts")).toContainText("Contacts");
});

test("the second tab of a browser asks before it takes over", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const other = new Messenger(await world.tab(ann.page.context()), ann.user);
  await expect(other.byId("shell")).toBeVisible();
  await expect(ann.page.getByText("Cerulean is open in another tab")).toBeVisible();

  await ben.open(ann.user.id);
  await ben.send("which tab are you in?");
  await expect(other.badge(ben.user.id)).toHaveText("1");

  await ann.page.getByRole("button", { name: "Use it here" }).click();
  await expect(ann.badge(ben.user.id)).toHaveText("1");
  await expect(other.page.getByText("Cerulean is open in another tab")).toBeVisible();
});

test("a browser is signed in by a code that another device scans, confirms or refuses", async ({ world }) => {
  const ann = await world.enter(await world.api.register("ann"));
  const laptop = new Messenger(await world.tab(await world.browser({ viewport: phone })), ann.user);
  await laptop.byId("code-sign-in").click();
  await expect(laptop.byId("qr-picture")).toBeVisible();
  await expectAccessible(laptop.page);
  const scan = async () => {
    await ann.byId("nav-chats").click();
    await ann.byId("new-menu").click();
    await ann.byId("action-scan-code").click();
    const picture = await laptop.byId("qr-picture").screenshot();
    await ann.byId("scan-picture").setInputFiles({ name: "code.png", mimeType: "image/png", buffer: picture });
    await expect(ann.byId("approve-page")).toContainText("Chrome on Linux");
  };

  await scan();
  await expect(laptop.byId("code-status")).toHaveText("Scanned. Confirm on the other device.");
  await expectAccessible(ann.page);
  await ann.byId("approve-refuse").click();
  await expect(laptop.byId("code-failed")).toContainText("refused");
  await laptop.byId("code-again").click();
  await expect(laptop.byId("qr-picture")).toBeVisible();
  await scan();
  await ann.byId("approve-confirm").click();
  await expect(ann.byId("approve-answer")).toContainText("signed in");
  await expect(laptop.byId("shell")).toBeVisible();
  await laptop.page.reload();
  await expect(laptop.byId("shell")).toBeVisible();
  await ann.page.goto("/chat/#/settings/devices");
  await expect(ann.byId("device-item")).toHaveCount(2);
});
