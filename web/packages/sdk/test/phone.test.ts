import { beforeEach, describe, expect, it } from "vitest";
import type { CeruleanClient } from "../src/index.js";
import { ALICE, record, World } from "./support/clients.js";
import { Answer } from "./support/fake-rest.js";

let world: World;

const refusal = (code: number) => new Answer(200, { code, data: null, message: "no" });
const last = () => world.rest.calls.at(-1);
const query = () => Object.fromEntries(last()?.query ?? []);

beforeEach(() => {
  world = new World();
});

async function signedIn(): Promise<CeruleanClient> {
  const alice = world.client();
  await alice.signIn({ name: `u${ALICE}`, password: "secret" });
  return alice;
}

describe("codes by text message", () => {
  it("are sent without sign-in, after a picture where the app wants one", async () => {
    world.rest.on("GET /app/captcha/sms", () => {
      throw refusal(11014);
    });
    world.rest.on("POST /app/captcha/image", () => "p1");
    world.rest.on("GET /app/captcha/sms_web", ({ query: asked }) => {
      if (asked.get("captcha") !== "HERON") throw refusal(11014);
      return true;
    });
    const nobody = world.client();
    await expect(nobody.phone.sendCode("13800000000")).rejects.toMatchObject({ reason: "wrong-picture-code" });
    const picture = await nobody.phone.requestPicture();
    expect(picture).toEqual({ id: "p1", url: "http://server.test/app/captcha/image?image_id=p1&app_id=demo" });
    await expect(nobody.phone.sendCode("13800000000", { id: "p1", text: "HEROM" })).rejects.toMatchObject({ reason: "wrong-picture-code" });
    await nobody.phone.sendCode("13800000000", { id: "p1", text: "HERON" });
    expect(query()).toEqual({ captcha: "HERON", image_id: "p1", mobile: "13800000000" });
  });

  it("sign in whose number it is, and give a proof for a number without an account", async () => {
    world.rest.on("GET /app/user/info_pwd", ({ query: asked }) => (asked.get("mobile") === "1" ? { username: `u${ALICE}`, password: "once" } : { sign: "s1" }));
    const client = world.client();
    await expect(client.signInWithMobile("2", "123456")).resolves.toBe("s1");
    expect(client.isSignedIn).toBe(false);
    await expect(client.signInWithMobile("1", "123456")).resolves.toBeNull();
    expect(client.me?.userId).toBe(ALICE);
    world.rest.on("POST /app/user/mobile_bind_with_sign", () => true);
    await client.phone.bindWithProof("2", "s1");
    expect(world.rest.calls.find(({ path }) => path === "/app/user/mobile_bind_with_sign")?.body).toEqual({ mobile: "2", sign: "s1" });
  });

  it("bind a number, after which the profile has it", async () => {
    world.rest.on("POST /app/user/mobile_bind", () => true);
    const alice = await signedIn();
    const events = record(alice, "account");
    world.rest.on("GET /user/profile", () => ({ user_id: ALICE, username: "u", nick_name: "", avatar: "", description: "", mobile: "138", email: "" }));
    await alice.phone.bind("138", "123456");
    expect(alice.me?.mobile).toBe("138");
    expect(events).toContainEqual({ type: "profile" });
  });

  it("change a number by the password or by a code to the old one", async () => {
    world.rest.on("POST /app/user/mobile_prechange_by_password", ({ body }) => {
      if (body["password"] !== "right") throw refusal(11001);
      return { sign: "s1" };
    });
    world.rest.on("POST /app/user/mobile_prechange_by_mobile", () => ({ sign: "s2" }));
    world.rest.on("POST /app/user/mobile_change", () => true);
    const alice = await signedIn();
    await expect(alice.phone.proveByPassword("wrong")).rejects.toMatchObject({ reason: "wrong-password" });
    await expect(alice.phone.proveByPassword("right")).resolves.toBe("s1");
    await expect(alice.phone.proveByCode("1", "111111")).resolves.toBe("s2");
    await alice.phone.change("2", "222222", "s2");
    const change = world.rest.calls.find(({ path }) => path === "/app/user/mobile_change");
    expect(change?.body).toEqual({ mobile: "2", captcha: "222222", sign: "s2" });
  });

  it("tell of the own number, and null where they are off", async () => {
    const alice = await signedIn();
    await expect(alice.phone.standing()).resolves.toBeNull();
    world.rest.on("GET /app/user_verification", () => ({ status: 1, mobile: "138" }));
    await expect(alice.phone.standing()).resolves.toEqual({ mobile: "138", isProven: true });
  });
});

describe("pushes", () => {
  it("have an address of this device, an alias, a badge and labels", async () => {
    const alice = await signedIn();
    const tags = new Set<string>();
    for (const path of ["token/bind", "token/unbind", "push/alias", "push/badge"]) world.rest.on(`POST /user/${path}`, () => true);
    world.rest.on("GET /user/push/tag", () => [...tags]);
    world.rest.on("POST /user/push/tag", ({ body }) => (body["tags"] as string[]).forEach((tag) => tags.add(tag)));
    world.rest.on("DELETE /user/push/tag", ({ body }) => (body["tags"] as string[]).forEach((tag) => tags.delete(tag)));
    world.rest.on("DELETE /user/push/tag/all", () => tags.clear());
    await alice.push.bind("t", "fcm");
    expect(last()?.body).toEqual({ device_sn: 7, device_token: "t", notifier_name: "fcm" });
    await alice.push.unbind();
    expect(query()).toEqual({ deviceSn: "7" });
    await alice.push.setAlias("Alice");
    expect(last()?.body).toEqual({ alias: "Alice" });
    await alice.push.setBadge(3);
    expect(last()?.body).toEqual({ badge: 3 });
    await alice.push.addTags(["a", "b", "c"]);
    await alice.push.removeTags(["b"]);
    await expect(alice.push.tags()).resolves.toEqual(["a", "c"]);
    await alice.push.clearTags();
    await expect(alice.push.tags()).resolves.toEqual([]);
  });
});

describe("an account", () => {
  it("lists its devices with their times", async () => {
    const device = { platform: 6, user_agent: "a browser", created_at: 1, signed_in_at: 2, last_seen_at: 3 };
    world.rest.on("GET /client/v1/devices", () => ({ items: [{ ...device, device_sn: 1 }, { ...device, device_sn: 99 }], next_cursor: null }));
    const alice = await signedIn();
    const devices = await alice.account.devices();
    expect(devices[1]).toEqual({ deviceSn: 99, platform: 6, userAgent: "a browser", signedInAt: 2, lastSeenAt: 3, isThis: false });
  });

  it("has limits and a name that can be changed", async () => {
    world.rest.on("GET /client/v1/limits", () => ({ text_bytes: 1, file_bytes: 2, batch_items: 3, requests_per_minute: null, requests_per_minute_of_device: 4, sends_per_minute: 5, frames_per_minute: 6, traffic_per_day: null, max_devices: 7 }));
    world.rest.on("POST /user/username", () => true);
    const alice = await signedIn();
    await expect(alice.account.limits()).resolves.toEqual({
      textBytes: 1, fileBytes: 2, batchItems: 3, requestsPerMinute: null, requestsPerMinuteOfDevice: 4, sendsPerMinute: 5, framesPerMinute: 6, trafficPerDay: null, maxDevices: 7,
    });
    await alice.account.setUsername("heron");
    expect(Object.fromEntries(world.rest.calls.find(({ path }) => path === "/user/username")?.query ?? [])).toEqual({ username: "heron" });
  });

  it("finds who helps, without sign-in", async () => {
    world.rest.on("GET /app/support_staff", () => [{ user_id: 5, username: "help", nickname: "Help desk", avatar: "a" }]);
    await expect(world.client().supportStaff()).resolves.toEqual([{ userId: 5, username: "help", nickName: "Help desk", avatar: "a" }]);
  });
});
