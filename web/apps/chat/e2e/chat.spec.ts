import { expect, test } from "./support/test";

test("text goes both ways with badge, typing and read marks", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.send("Are you there?");
  await ann.send("你好,在吗?");

  await expect(ben.badge(ann.user.id)).toHaveText("2");
  await expect(ben.byId("nav-chats-badge")).toHaveText("2");
  await expect(ben.item(ann.user.id)).toContainText("你好,在吗?");
  await ann.expectStatus("Are you there?", "delivered");

  await ben.item(ann.user.id).click();
  await ben.expectTexts(["Are you there?", "你好,在吗?"]);
  await expect(ben.badge(ann.user.id)).toHaveCount(0);
  await expect(ben.byId("nav-chats-badge")).toHaveCount(0);
  await ann.expectStatus("Are you there?", "read");
  await ann.expectStatus("你好,在吗?", "read");

  await ben.input.pressSequentially("Here I am");
  await expect(ann.byId("typing-indicator")).toContainText("typing");
  await expect(ann.byId("conversation-subtitle")).toContainText("typing");
  await ben.byId("send-button").click();
  await expect(ann.byId("typing-indicator")).toBeEmpty();
  await expect(ann.bubble("Here I am")).toBeVisible();
  await ben.expectStatus("Here I am", "read");
  await ann.expectTexts(["Are you there?", "你好,在吗?", "Here I am"]);
});

test("presence follows a friend who comes and goes", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await expect(ann.byId("conversation-subtitle")).toHaveText("online");
  await ben.page.close();
  await expect(ann.byId("conversation-subtitle")).toHaveText("offline");
  await world.enter(ben.user);
  await expect(ann.byId("conversation-subtitle")).toHaveText("online");
});

test("emoji are picked, sent and drawn large when alone", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.byId("emoji-button").click();
  await ann.byId("emoji-picker").getByRole("button", { name: "😀" }).first().click();
  await ann.page.keyboard.press("Escape");
  await expect(ann.byId("emoji-picker")).toHaveCount(0);
  await expect(ann.input).toHaveValue("😀");
  await ann.input.press("Enter");
  await ben.open(ann.user.id);
  await expect(ben.bubble("😀")).toBeVisible();
  await expect(ben.byId("message-text")).toHaveClass(/is-emoji/);
});

test("several lines and links arrive as written, markup stays text", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ben.open(ann.user.id);
  await ann.input.fill("first line");
  await ann.input.press("Shift+Enter");
  await ann.input.pressSequentially("see https://example.com/a?b=c <b>not bold</b>");
  await ann.input.press("Enter");
  const text = ben.byId("message-text");
  await expect(text).toHaveText("first line\nsee https://example.com/a?b=c <b>not bold</b>");
  await expect(text.getByRole("link")).toHaveAttribute("href", "https://example.com/a?b=c");
  await expect(text.locator("b")).toHaveCount(0);
});

test("a message is edited, recalled, and deleted for oneself only", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  for (const text of ["tpyo", "a mistake", "keep this"]) await ann.send(text);
  await ben.open(ann.user.id);
  await ben.expectTexts(["tpyo", "a mistake", "keep this"]);

  await ann.act(ann.bubble("tpyo"), "edit");
  await expect(ann.input).toHaveValue("tpyo");
  await ann.input.fill("typo");
  await ann.input.press("Enter");
  await expect(ben.bubble("typo")).toContainText("edited");
  await ben.expectTexts(["typo", "a mistake", "keep this"]);

  await ann.act(ann.bubble("a mistake"), "recall");
  await ben.expectTexts(["typo", "keep this"]);
  await expect(ben.byId("system-message")).toHaveText(`${ann.user.username} recalled a message`);
  await expect(ann.byId("system-message")).toHaveText("You recalled a message");

  await ben.act(ben.bubble("keep this"), "delete-for-me");
  await ben.byId("confirm-accept").click();
  await ben.expectTexts(["typo"]);
  await ann.expectTexts(["typo", "keep this"]);
  await expect(ben.item(ann.user.id)).toContainText("typo");

  for (const one of [ann, ben]) await one.page.reload();
  await ann.expectTexts(["typo", "keep this"]);
  await ben.expectTexts(["typo"]);
});

test("a reply quotes the message, a forwarded one arrives elsewhere", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.send("What is for dinner?");
  await ben.open(ann.user.id);
  await ben.act(ben.bubble("What is for dinner?"), "reply");
  await expect(ben.byId("composer-reply")).toContainText("What is for dinner?");
  await ben.send("Noodles");
  await expect(ann.bubble("Noodles").locator(".bubble-reply")).toContainText("What is for dinner?");

  const cleo = await world.api.register("cleo");
  await world.api.befriend(ann.user, cleo);
  const cleoPage = await world.enter(cleo);
  await ann.act(ann.bubble("Noodles"), "forward");
  await ann.byId("forward-dialog").getByText(cleo.username).click();
  await cleoPage.item(ann.user.id).click();
  await cleoPage.expectTexts(["Noodles"]);
});

test("conversations are found, pinned, muted, and deleted", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const cleo = await world.api.register("cleo");
  await world.api.befriend(ann.user, cleo);
  await ann.open(ben.user.id);
  await ann.send("first");
  await ann.open(cleo.id);
  await ann.send("second");
  await ann.leave();
  const order = () => ann.byId("conversation-item").evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset.xid)));
  await expect.poll(order).toEqual([cleo.id, ben.user.id]);

  const act = async (action: string) => {
    await ann.item(ben.user.id).click({ button: "right" });
    await ann.byId(`action-${action}`).click();
  };
  await act("pin");
  await expect.poll(order).toEqual([ben.user.id, cleo.id]);
  await act("mute");
  await ben.open(ann.user.id);
  await ben.send("psst");
  await expect(ann.badge(ben.user.id)).toHaveText("1");
  await expect(ann.byId("nav-chats-badge")).toHaveCount(0);

  await ann.byId("conversation-search").fill(cleo.username);
  await expect.poll(order).toEqual([cleo.id]);
  await ann.byId("conversation-search").fill("");

  await ann.page.reload();
  await expect.poll(order).toEqual([ben.user.id, cleo.id]);
  await act("delete-conversation");
  await expect.poll(order).toEqual([cleo.id]);
  await ann.byId("toast-action").click();
  await expect.poll(order).toEqual([ben.user.id, cleo.id]);
  const deleted = ann.page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await act("delete-conversation");
  await expect.poll(order).toEqual([cleo.id]);
  await deleted;
  await ann.page.reload();
  await expect.poll(order).toEqual([cleo.id]);
  await ben.expectTexts(["first", "psst"]);
});

test("the conversation is verified as intact", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  for (const text of ["one", "two", "three"]) await ann.send(text);
  await ann.act(ann.bubble("two"), "recall");
  await expect(ann.byId("system-message")).toBeVisible();
  await ann.byId("open-details").click();
  await ann.byId("verify-button").click();
  await expect(ann.byId("verify-intact")).toContainText(/Intact: \d+ items checked/);
  await expect(ann.byId("verify-broken")).toHaveCount(0);
});

test("a long history is scrolled back to its first message", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const texts = Array.from({ length: 130 }, (_, index) => `line ${index + 1}`);
  for (const text of texts) await world.api.sendAs(ben.user, ann.user, text);
  await ann.open(ben.user.id);
  const list = ann.byId("message-list");
  await expect(async () => {
    await list.hover();
    await ann.page.mouse.wheel(0, -10_000);
    await expect(ann.bubble("line 1")).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(ann.page.getByText("This is the beginning of the conversation")).toBeVisible();
  await ann.byId("jump-to-latest").click();
  await expect(ann.bubble("line 130")).toBeInViewport();
  await expect(ann.badge(ben.user.id)).toHaveCount(0);
});

test("what the server API sends with curl appears live", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await world.api.sendAs(ben.user, ann.user, "sent by a program");
  await expect(ann.badge(ben.user.id)).toHaveText("1");
  await ann.item(ben.user.id).click();
  await ann.expectTexts(["sent by a program"]);
  await ben.item(ann.user.id).click();
  await ben.expectTexts(["sent by a program"]);
  await expect(ben.bubble("sent by a program")).toHaveAttribute("data-mine", "true");
});
