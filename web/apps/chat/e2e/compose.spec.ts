import { expect, test } from "./support/test";

test("several messages are forwarded as one record that opens, or one by one", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const cleo = await world.api.register("cleo");
  await world.api.befriend(ann.user, cleo);
  const cleoPage = await world.enter(cleo, { locale: "zh-CN" });
  await ann.open(ben.user.id);
  for (const text of ["one", "two", "three"]) await ann.send(text);
  await ben.open(ann.user.id);
  await ben.act(ben.bubble("three"), "reply");
  await ben.send("four");
  await ann.attach("file-input", { name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("the plan") });
  await ann.expectLast(/sent|delivered|read/);

  const choose = async (count: number) => {
    await ann.act(ann.bubble("one"), "select");
    await expect(ann.byId("selection-bar")).toContainText("1 selected");
    for (let index = 1; index < count; index += 1) await ann.byId("message-pick").nth(index).click();
    await expect(ann.byId("selection-bar")).toContainText(`${count} selected`);
  };
  await choose(5);
  await ann.byId("action-forward-merged").click();
  await ann.byId("forward-dialog").getByText(cleo.username).click();
  await expect(ann.byId("selection-bar")).toHaveCount(0);

  await cleoPage.item(ann.user.id).click();
  const record = cleoPage.byId("message-record");
  await expect(record).toContainText(`聊天记录：${ben.user.username}`);
  await expect(record).toContainText("共 5 条");
  await record.click();
  await expect(cleoPage.byId("record-item")).toHaveCount(5);
  await expect(cleoPage.byId("record-item").nth(3)).toContainText(ben.user.username);
  await expect(cleoPage.byId("record-item").nth(3)).toContainText("four");
  await expect(cleoPage.byId("record-item").nth(3).getByTestId("record-quote")).toHaveText(`${ann.user.username}three`);
  await expect(cleoPage.byId("record-item").last().getByTestId("message-file")).toContainText("plan.txt");
  await cleoPage.page.keyboard.press("Escape");

  await choose(2);
  await ann.byId("action-forward-selected").click();
  await ann.byId("forward-dialog").getByText(cleo.username).click();
  await cleoPage.expectTexts(["one", "two"]);

  await choose(2);
  await ann.byId("action-delete-selected").click();
  await ann.byId("confirm-accept").click();
  await ann.expectTexts(["three", "four"]);
  await ann.act(ann.bubble("three"), "select");
  await ann.page.keyboard.press("Escape");
  await expect(ann.byId("selection-bar")).toHaveCount(0);
});

test("a stream of pieces is drawn as safe Markdown while it grows", async ({ world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  const ext = (fields: object) => JSON.stringify(fields);
  const mid = await world.api.sendRaw(ben.user, [ann.user.id], { content: "## Ans", ext: ext({ format: "markdown", streaming: true }) });
  const append = (content: string, fields: object = {}) =>
    world.api.sendRaw(ben.user, [ann.user.id], { content_type: 11, related_mid: mid, content, ext: ext(fields) });
  await expect(ann.byId("message-text").getByRole("heading")).toHaveText("Ans");
  await expect(ann.byId("message-text")).toHaveAttribute("aria-busy", "true");
  await append("wer\n\nSome **bold** words\n\n```js\nconst a = 1;\n");
  await append("const b = 2;\n```\n\n<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>\n\n");
  await append("[bad](javascript:alert(1)) [good](https://example.com/) ![pic](https://example.com/p.png)", { streaming: false });

  const text = ann.byId("message-text");
  await expect(text).toHaveAttribute("aria-busy", "false");
  await expect(text.getByRole("heading")).toHaveText("Answer");
  await expect(text.locator("strong")).toHaveText("bold");
  await expect(text.locator("pre")).toHaveText("const a = 1;\nconst b = 2;\n");
  await expect(text.locator("img, script")).toHaveCount(0);
  await expect(text.getByRole("link")).toHaveText(["good", "pic"]);
  expect(await ann.page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  await expect(ann.bubbles).not.toContainText("edited");

  await ann.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await text.getByTestId("copy-code").click();
  expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe("const a = 1;\nconst b = 2;\n");

  await ann.page.reload();
  await expect(text.getByRole("heading")).toHaveText("Answer");
});

test("drafts stay with their conversations, also over a reload", async ({ world }) => {
  const [ann, ben] = await world.friends();
  const cleo = await world.api.register("cleo");
  await world.api.befriend(ann.user, cleo);
  await ann.open(ben.user.id);
  await ann.send("hello");
  await ann.input.fill("half a thought");
  await ann.open(cleo.id);
  await expect(ann.input).toHaveValue("");
  await expect(ann.item(ben.user.id)).toContainText("Draft: half a thought");
  await ann.page.reload();
  await expect(ann.item(ben.user.id)).toContainText("Draft: half a thought");
  await ann.open(ben.user.id);
  await expect(ann.input).toHaveValue("half a thought");
  await ann.input.press("Enter");
  await expect(ann.bubble("half a thought")).toBeVisible();
  await ann.page.reload();
  await expect(ann.bubble("half a thought")).toBeVisible();
  await expect(ann.input).toHaveValue("");
});
