import { beforeEach, describe, expect, it } from "vitest";
import type { CeruleanClient } from "../src/index.js";
import { ALICE, BOB, CAROL, record, World } from "./support/clients.js";

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
