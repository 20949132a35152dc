import { expectAccessible } from "./support/accessible";
import { codes } from "./support/codes";
import { expect, Messenger, test } from "./support/test";

test("a phone number is confirmed by a code; one of nobody is bound to who signs in next", async ({ fragileWorld: world }) => {
  const newestCode = await codes(world, { mobile_codes: true });
  const ann = await world.enter(await world.api.register("ann"));
  await ann.byId("nav-me").click();
  await ann.byId("profile-mobile").fill("13800000001");
  await ann.byId("profile-mobile-prove").click();
  await ann.byId("prompt-input").fill("000000");
  const code = await newestCode();
  await ann.byId("prompt-accept").click();
  await expect(ann.byId("prompt-dialog")).toContainText("code");
  await expect(ann.byId("prompt-input")).toHaveValue("");
  await ann.byId("prompt-input").fill(code);
  await ann.byId("prompt-accept").click();
  await expect(ann.byId("toasts")).toContainText("Phone number confirmed");
  await ann.byId("profile-mobile-prove").click();
  await expect(ann.byId("toasts")).toContainText("confirmed already");

  const phone = new Messenger(await world.tab(await world.browser()), ann.user);
  await phone.byId("phone-start").click();
  await phone.byId("phone-mobile").fill("13800000002");
  await phone.byId("phone-submit").click();
  await phone.byId("phone-code").fill(await newestCode());
  await phone.byId("phone-submit").click();
  await expect(phone.byId("number-to-bind")).toContainText("Nobody has confirmed 13800000002 yet");
  await expectAccessible(phone.page);
  const cleo = await world.api.register("cleo");
  await new Messenger(phone.page, cleo).signIn();
  await expect(phone.byId("toasts")).toContainText("13800000002 is confirmed and belongs to your account");
  await phone.byId("nav-me").click();
  await expect(phone.byId("profile-mobile")).toHaveValue("13800000002");
  await phone.byId("profile-mobile-prove").click();
  await expect(phone.byId("toasts")).toContainText("confirmed already");
});

test("an app that wants a picture read first shows it before it sends a code", async ({ fragileWorld: world }) => {
  await codes(world, { mobile_codes: true, picture_before_sms: true });
  const page = await world.tab(await world.browser());
  const nobody = new Messenger(page, await world.api.register("ann"));
  await nobody.byId("phone-start").click();
  await nobody.byId("phone-mobile").fill("13800000003");
  await nobody.byId("phone-submit").click();
  const picture = nobody.byId("code-picture");
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(50);
  const first = await picture.getAttribute("src");
  await nobody.byId("code-picture-input").fill("wrong");
  await nobody.byId("phone-submit").click();
  await expect(nobody.byId("phone-error")).toContainText("do not match the picture");
  await expect(picture).not.toHaveAttribute("src", first ?? "");
  await expectAccessible(page);

  const ann = await world.enter(nobody.user);
  await ann.byId("nav-me").click();
  await ann.byId("profile-mobile").fill("13800000003");
  await ann.byId("profile-mobile-prove").click();
  await expect(ann.byId("picture-dialog").getByTestId("code-picture")).toBeVisible();
  await expectAccessible(ann.page);
});
