import { expectAccessible } from "./support/accessible";
import { codes } from "./support/codes";
import { expect, Messenger, test } from "./support/test";

test("a forgotten password is set by a code to a confirmed address", async ({ fragileWorld: world }) => {
  const newestCode = await codes(world, { email_codes: true });
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
  await laptop.byId("reset-close").click();
  await expect(ann.byId("sign-in-form")).toBeVisible();
  await laptop.signIn("four quiet herons by the lake");
  await expect(laptop.byId("shell")).toBeVisible();
});
