import { expectAccessible } from "./support/accessible";
import { expect, Messenger, test, type World } from "./support/test";

/** Turns codes by mail on and answers what was last sent; the server keeps letters where it has no mail server. */
async function codes(world: World): Promise<() => Promise<string>> {
  const admin = async (method: string, path: string, body?: unknown) => {
    const headers = { app_id: world.server.signIns.app, "access-token": world.server.signIns.admin_token, "content-type": "application/json" };
    const answer = await fetch(`${world.server.url}/console/v1${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    expect(answer.ok).toBe(true);
    return (await answer.json()) as { items: { content: string }[] };
  };
  await admin("PATCH", "/app/settings", { email_codes: true });
  let known = 0;
  return async () => {
    await expect.poll(async () => (await admin("GET", "/outbox")).items.length).toBeGreaterThan(known);
    const { items } = await admin("GET", "/outbox");
    known = items.length;
    return /\d{6}/u.exec(items[0]?.content ?? "")?.[0] ?? "";
  };
}

test("a forgotten password is set by a code to a confirmed address", async ({ fragileWorld: world }) => {
  const newestCode = await codes(world);
  const ann = await world.enter(await world.api.register("ann"));
  await ann.byId("nav-me").click();
  await ann.byId("profile-email").fill("ann@example.com");
  await ann.byId("profile-email-prove").click();
  await ann.byId("prompt-input").fill(await newestCode());
  await ann.byId("prompt-accept").click();
  await expect(ann.byId("toasts")).toContainText("Address confirmed");

  const laptop = new Messenger(await world.tab(await world.browser()), ann.user);
  await laptop.byId("reset-start").click();
  await laptop.byId("reset-contact").fill("ann@example.com");
  await laptop.byId("reset-submit").click();
  await laptop.byId("reset-code").fill("000000");
  await laptop.byId("reset-password").fill("four quiet herons by the lake");
  await laptop.byId("reset-submit").click();
  await expect(laptop.byId("reset-error")).toBeVisible();
  await expectAccessible(laptop.page);
  await laptop.byId("reset-code").fill(await newestCode());
  await laptop.byId("reset-submit").click();
  await expect(laptop.byId("reset-panel")).toContainText("The password is set");
  await laptop.byId("reset-done").click();
  await expect(ann.byId("sign-in-form")).toBeVisible();
  await laptop.signIn("four quiet herons by the lake");
  await expect(laptop.byId("shell")).toBeVisible();
});
