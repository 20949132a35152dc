import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CeruleanClient } from "../src/index.js";
import { RosterNotice_Type as RosterNotice } from "../src/gen/xsync_pb.js";
import { ALICE, BOB, CAROL, record, World } from "./support/clients.js";
import { Answer } from "./support/fake-rest.js";

let world: World;
let alice: CeruleanClient;

beforeEach(async () => {
  world = new World();
  alice = world.client();
  await alice.signIn({ name: `u${ALICE}`, password: "secret" });
});

const lastBody = (path: string) => world.rest.calls.filter((call) => call.path === path && call.method === "POST").at(-1)?.body;

describe("settings", () => {
  it("change only in what was given", async () => {
    world.rest.on("POST /user/settings", () => true);
    world.rest.on("GET /user/settings", () => ({ user_id: ALICE, no_sounds: true, silence_start_time: 22, silence_end_time: 7 }));
    const events = record(alice, "account");
    const settings = await alice.account.updateSettings({ noSounds: true, silenceStartTime: 22, silenceEndTime: 7 });
    expect(lastBody("/user/settings")).toEqual({ user_id: ALICE, no_sounds: true, silence_start_time: 22, silence_end_time: 7 });
    expect(settings).toMatchObject({ noSounds: true, silenceStartTime: 22, silenceEndTime: 7, authMode: 0, noPushStartHour: 0, pushNickName: "" });
    expect(events).toContainEqual({ type: "settings" });
  });
});

describe("friends", () => {
  it("keep alias, silence and notes apart", async () => {
    world.rest.on("POST /roster/ext", () => true);
    await alice.roster.setMuted(BOB, true);
    expect(lastBody("/roster/ext")).toEqual({ user_id: BOB, mute_notification: true });
    await alice.roster.setExt(BOB, "note");
    expect(lastBody("/roster/ext")).toEqual({ user_id: BOB, ext: "note" });
    await alice.roster.setAlias(BOB, "");
    expect(lastBody("/roster/ext")).toEqual({ user_id: BOB, alias: "" });
  });

  it("are applied to together, each with his own outcome", async () => {
    world.rest.on("POST /roster/apply/batch", () => ({ success: [BOB], fails: [{ user_id: CAROL, reason: "refused" }] }));
    expect(await alice.roster.applyToAll([{ userId: BOB, reason: "hi" }, { userId: CAROL }])).toMatchObject([
      { userId: BOB, isOk: true },
      { userId: CAROL, isOk: false, message: "refused" },
    ]);
    expect(lastBody("/roster/apply/batch")).toEqual([
      { user_id: BOB, alias: "", reason: "hi" },
      { user_id: CAROL, alias: "", reason: "" },
    ]);
  });
});

describe("applications I made", () => {
  beforeEach(() => void world.rest.on("POST /roster/apply", () => true));

  it("are remembered over a reload until they are declined", async () => {
    await alice.dispose();
    const browser = world.browser();
    const first = world.client(browser);
    await first.signIn({ name: `u${ALICE}`, password: "secret" });
    await first.roster.apply(BOB, "hello");
    expect(first.roster.sentApplications()).toMatchObject([{ userId: BOB, reason: "hello" }]);
    await first.dispose();
    const second = world.client(browser);
    await second.resume();
    expect(second.roster.sentApplications()).toMatchObject([{ userId: BOB }]);
    await vi.waitFor(() => expect(second.state).toBe("online"));
    const events = record(second, "roster");
    world.server.rosterNotice(RosterNotice.DECLINED, BOB, ALICE, ALICE);
    await vi.waitFor(() => expect(events).toContainEqual({ type: "declined", userId: BOB }));
    expect(second.roster.sentApplications()).toEqual([]);
  });

  it("end with friendship, at once or later", async () => {
    world.rest.friends.set(ALICE, new Set([BOB]));
    await alice.roster.apply(BOB);
    expect(alice.roster.sentApplications()).toEqual([]);
    await alice.roster.apply(CAROL);
    expect(alice.roster.sentApplications()).toHaveLength(1);
    world.rest.friends.set(ALICE, new Set([BOB, CAROL]));
    await alice.roster.load();
    expect(alice.roster.sentApplications()).toEqual([]);
  });
});

describe("signing in", () => {
  it("goes by id as well", async () => {
    world.rest.on("POST /token/id", ({ body }) => ({ user_id: body["user_id"], token: `token-u${BOB}` }));
    const bob = world.client();
    await bob.signIn({ userId: BOB, password: "secret" });
    expect(bob.me?.userId).toBe(BOB);
    expect(lastBody("/token/id")).toEqual({ user_id: BOB, password: "secret" });
  });

  it("of visitors begins with a generated name", async () => {
    world.rest.on("POST /user/register/anonymous", ({ body }) => ({ user_id: 9, username: `${String(body["username"])}42` }));
    expect(await world.client().registerAnonymous({ prefix: "visitor_", password: "p" })).toBe("visitor_42");
  });
});

describe("signing in by a code", () => {
  const code = { ticket: "secret-ticket", url: "http://server.test/chat/#qr_login=shown", expiresAt: 9 };
  const standings = (...list: object[]) => world.rest.on("GET /app/qr_login", () => list.shift() ?? { status: "expired" });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits for the other device, tells how it stands, and is in", async () => {
    world.rest.on("GET /app/qr_code", () => ({ qr_code: code.ticket, qrcode_id: code.ticket, url: code.url, expired: 9 }));
    standings({ status: "waiting" }, { status: "scanned" }, { status: "scanned" }, { status: "confirmed", username: `u${BOB}`, password: "once" });
    const bob = world.client();
    const shown: string[] = [];
    expect(await bob.requestSignInCode()).toEqual(code);
    const done = bob.signInWithCode(code, { onStatus: (status) => shown.push(status) });
    await vi.advanceTimersByTimeAsync(5_000);
    await done;
    expect(shown).toEqual(["scanned", "confirmed"]);
    expect(bob.me?.userId).toBe(BOB);
  });

  it.each([["refused", "code-refused"], ["expired", "code-expired"]])("that is %s fails with %s", async (status, reason) => {
    standings({ status });
    const attempt = world.client().signInWithCode(code);
    await expect(attempt).rejects.toMatchObject({ reason });
  });

  it("stops asking when it is called off", async () => {
    standings({ status: "waiting" }, { status: "waiting" }, { status: "waiting" });
    const stop = new AbortController();
    const attempt = expect(world.client().signInWithCode(code, { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
    await vi.advanceTimersByTimeAsync(100);
    stop.abort();
    await attempt;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(world.rest.count("/app/qr_login")).toBe(1);
  });

  it("is claimed, then confirmed or refused, by the device that scanned", async () => {
    world.rest.on("POST /client/v1/qr-login/a%2Fb/scan", () => ({ user_agent: "Firefox", address: null, created_at: 1, expires_at: 2 }));
    world.rest.on("POST /client/v1/qr-login/a%2Fb/confirm", () => null);
    expect(await alice.account.scanSignIn("a/b")).toEqual({ userAgent: "Firefox", address: "", createdAt: 1, expiresAt: 2 });
    await alice.account.confirmSignIn("a/b");
    await expect(alice.account.refuseSignIn("a/b")).rejects.toMatchObject({ reason: "not-found" });
  });
});

describe("codes by mail", () => {
  it("prove an address, with the password where another was proven", async () => {
    world.rest.on("POST /client/v1/email/code", () => null);
    world.rest.on("PUT /client/v1/email", () => null);
    await alice.account.requestEmailCode("a@example.com");
    expect(lastBody("/client/v1/email/code")).toEqual({ email: "a@example.com" });
    await alice.account.proveEmail("a@example.com", "123456", "secret");
    expect(world.rest.calls.find((call) => call.method === "PUT")?.body).toEqual({ email: "a@example.com", code: "123456", password: "secret" });
  });

  it("set a forgotten password without a token", async () => {
    world.rest.on("POST /client/v1/password-reset/code", () => null);
    world.rest.on("POST /client/v1/password-reset", () => {
      throw new Answer(400, { code: 10001, title: "wrong verification code" });
    });
    const stranger = world.client();
    await stranger.requestPasswordReset("a@example.com");
    const attempt = stranger.resetPassword({ contact: "a@example.com", code: "000000", newPassword: "four quiet herons" });
    await expect(attempt).rejects.toMatchObject({ reason: "wrong-code" });
    expect(lastBody("/client/v1/password-reset")).toEqual({ contact: "a@example.com", code: "000000", new_password: "four quiet herons" });
    expect(world.rest.calls.at(-1)?.headers.has("access-token")).toBe(false);
  });
});
