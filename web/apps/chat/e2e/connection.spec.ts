import { expect, tall, test, Messenger } from "./support/test";

const numbered = (word: string, count: number) => Array.from({ length: count }, (_, index) => `${word} ${index + 1}`);

test("who was away finds everything on return, in order and once", async ({ world }) => {
  const [ann, ben] = await world.friends({ viewport: tall });
  await ann.open(ben.user.id);
  await ben.open(ann.user.id);
  await ann.send("before");
  await expect(ben.bubble("before")).toBeVisible();
  const profile = ben.page.context();
  await ben.page.close();

  const missed = numbered("missed", 30);
  for (const text of missed) await ann.send(text);
  await ann.expectStatus("missed 30", "sent");

  const back = new Messenger(await world.tab(profile), ben.user);
  await expect(back.badge(ann.user.id)).toHaveText("30");
  await back.item(ann.user.id).click();
  await expect(back.byId("unread-divider")).toHaveCount(1);
  await back.expectTexts(["before", ...missed]);
  await expect(back.badge(ann.user.id)).toHaveCount(0);
});

test("a conversation opened before the list has come shows the line where the unread ones begin", async ({ world }) => {
  const [ann, ben] = await world.friends({ viewport: tall });
  await ann.open(ben.user.id);
  await ben.open(ann.user.id);
  await ann.send("before");
  await ann.expectStatus("before", "read");
  const profile = ben.page.context();
  await ben.page.close();
  for (const text of ["one", "two"]) await ann.send(text);
  await ann.expectStatus("two", "sent");

  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await profile.route(/\/client\/v1\/conversations\?/, async (route) => {
    await released;
    await route.continue();
  });
  const back = new Messenger(await world.tab(profile), ben.user);
  await back.open(ann.user.id);
  await back.expectTexts(["before", "one", "two"]);
  await expect(back.byId("unread-divider")).toHaveCount(0);
  release();
  const rows = back.page.locator("[data-testid=unread-divider], [data-testid=message-text]");
  await expect(rows).toHaveText(["before", "Unread messages", "one", "two"]);
  await expect(back.badge(ann.user.id)).toHaveCount(0);
  await ann.expectStatus("two", "read");
});

test("what is written without a network waits, and goes out once and in order", async ({ world }) => {
  const [ann, ben] = await world.friends({ viewport: tall });
  await ann.open(ben.user.id);
  await ben.open(ann.user.id);
  await ann.send("online");
  await ann.expectStatus("online", "read");

  await ann.page.context().setOffline(true);
  await expect(ann.offlineBanner).toBeVisible();
  const waiting = numbered("waiting", 5);
  for (const text of waiting) await ann.send(text);
  await ann.expectStatus("waiting 5", "queued");
  await expect(ann.offlineBanner).toContainText("5 messages go out");

  await ann.page.context().setOffline(false);
  await ben.expectTexts(["online", ...waiting]);
  await ann.expectTexts(["online", ...waiting]);
  await ann.expectStatus("waiting 5", "read");
  await expect(ann.offlineBanner).toHaveCount(0);
});

test("a killed server loses nothing, and the outbox delivers once", async ({ fragileWorld: world }) => {
  const [ann, ben] = await world.friends({ viewport: tall });
  await ann.open(ben.user.id);
  await ben.open(ann.user.id);
  const before = numbered("before", 5);
  for (const text of before) await ann.send(text);
  // Killed with sends still on their way.
  await world.server.kill();

  const during = numbered("during", 5);
  for (const text of during) await ann.send(text);
  await expect(ann.offlineBanner).toBeVisible();
  await ann.expectStatus("during 5", "queued");
  await world.server.start();
  await expect(ann.offlineBanner).toHaveCount(0, { timeout: 30_000 });
  await expect(ben.offlineBanner).toHaveCount(0, { timeout: 30_000 });
  await ben.expectTexts([...before, ...during]);
  await ann.expectTexts([...before, ...during]);
  await ann.expectStatus("during 5", "read");
  await ben.send("all there");
  await expect(ann.bubble("all there")).toBeVisible();

  for (const one of [ann, ben]) {
    await one.page.reload();
    await one.expectTexts([...before, ...during, "all there"]);
  }
  await ann.byId("open-details").click();
  await ann.byId("verify-button").click();
  await expect(ann.byId("verify-intact")).toBeVisible();
});

test("unsent messages survive closing the page", async ({ fragileWorld: world }) => {
  const [ann, ben] = await world.friends();
  await ann.open(ben.user.id);
  await ann.page.context().setOffline(true);
  await ann.send("written in a tunnel");
  await ann.page.close();

  const profile = ann.page.context();
  await profile.setOffline(false);
  const again = new Messenger(await world.tab(profile), ann.user);
  await expect(again.byId("shell")).toBeVisible();
  await ben.item(ann.user.id).click();
  await ben.expectTexts(["written in a tunnel"]);
  await again.open(ben.user.id);
  await again.expectStatus("written in a tunnel", "read");
});

test("two devices of one user show the same", async ({ world }) => {
  const [phone, ben] = await world.friends();
  const laptop = await world.enter(phone.user);
  await phone.open(ben.user.id);
  await phone.send("sent from the phone");
  await expect(laptop.item(ben.user.id)).toContainText("sent from the phone");
  await expect(laptop.badge(ben.user.id)).toHaveCount(0);
  await laptop.item(ben.user.id).click();
  await laptop.expectTexts(["sent from the phone"]);
  await laptop.send("sent from the laptop");
  await phone.expectTexts(["sent from the phone", "sent from the laptop"]);

  await phone.leave();
  await laptop.leave();
  await ben.open(phone.user.id);
  await ben.send("where are you?");
  await expect(phone.badge(ben.user.id)).toHaveText("1");
  await expect(laptop.badge(ben.user.id)).toHaveText("1");
  await phone.item(ben.user.id).click();
  await expect(laptop.badge(ben.user.id)).toHaveCount(0);
  await ben.expectStatus("where are you?", "read");

  await phone.act(phone.bubble("sent from the phone"), "recall");
  await laptop.item(ben.user.id).click();
  await laptop.expectTexts(["sent from the laptop", "where are you?"]);
});
