import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CeruleanClient } from "../src/index.js";
import { GroupNotice_Type as GroupNotice, RosterNotice_Type as RosterNotice, UserNotice_Type as UserNotice } from "../src/gen/xsync_pb.js";
import { ALICE, BOB, CAROL, record, settle, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Old state + notices = freshly fetched state. */
async function expectFresh(world: World, client: CeruleanClient): Promise<void> {
  await settle();
  const fresh = await world.signedIn(ALICE);
  expect(client.groups.list()).toEqual(fresh.groups.list());
  expect(client.roster.list()).toEqual(fresh.roster.list());
}

describe("roster notices", () => {
  function befriend(world: World): void {
    world.rest.friends.set(ALICE, new Set([BOB]));
  }

  it.each([["ACCEPTED", RosterNotice.ACCEPTED], ["ADDED", RosterNotice.ADDED]] as const)("%s adds the friend", async (_name, type) => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    befriend(world);
    world.server.rosterNotice(type, BOB, ALICE, ALICE);
    await settle();
    expect(alice.roster.list().map((item) => item.userId)).toEqual([BOB]);
    await expectFresh(world, alice);
  });

  it("REMOVED by me elsewhere drops the friend", async () => {
    const world = new World();
    befriend(world);
    const alice = await world.signedIn(ALICE);
    expect(alice.roster.list()).toHaveLength(1);
    world.rest.friends.set(ALICE, new Set());
    world.server.rosterNotice(RosterNotice.REMOVED, BOB, ALICE, ALICE);
    await settle();
    expect(alice.roster.list()).toEqual([]);
    await expectFresh(world, alice);
  });

  it("APPLIED tells of the application and knows the applicant's name", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    const seen = record(alice, "application");
    world.server.rosterNotice(RosterNotice.APPLIED, BOB, ALICE, ALICE, "let me in");
    await settle();
    expect(seen).toEqual([{ userId: BOB, reason: "let me in" }]);
    expect(alice.roster.nameOf(BOB)).toBe(`Nick ${BOB}`);
  });
});

describe("group notices", () => {
  const GROUP = 9001;

  it("CREATED adds the group", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.groups.set(GROUP, [BOB, ALICE]);
    world.server.groupNotice(GroupNotice.CREATED, GROUP, BOB, [ALICE]);
    await settle();
    expect(alice.groups.list()).toMatchObject([{ groupId: GROUP, ownerId: BOB }]);
    expect(alice.conversations.find(GROUP)).toMatchObject({ kind: "group", last: null });
    await expectFresh(world, alice);
  });

  it("JOINED by someone else updates the count", async () => {
    const world = new World();
    world.server.groups.set(GROUP, [BOB, ALICE]);
    const alice = await world.signedIn(ALICE);
    world.server.groups.set(GROUP, [BOB, ALICE, CAROL]);
    world.server.groupNotice(GroupNotice.JOINED, GROUP, CAROL, []);
    await settle();
    expect(alice.groups.find(GROUP)?.count).toBe(3);
    await expectFresh(world, alice);
  });

  it("KICKED removes the group and its conversation", async () => {
    const world = new World();
    world.server.groups.set(GROUP, [BOB, ALICE]);
    const alice = await world.signedIn(ALICE);
    world.server.say(BOB, GROUP, "bye");
    await settle();
    const seen = record(alice, "group");
    world.server.groupNotice(GroupNotice.KICKED, GROUP, BOB, [ALICE]);
    world.server.groups.set(GROUP, [BOB]);
    await settle();
    expect(seen).toMatchObject([{ type: "kicked", groupId: GROUP, from: BOB, to: [ALICE] }]);
    expect(alice.groups.list()).toEqual([]);
    expect(alice.conversations.find(GROUP)).toBeUndefined();
    await expectFresh(world, alice);
  });

  it("joined and kicked at once leaves nothing behind, whichever answer comes last", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.groups.set(GROUP, [BOB, ALICE]);
    world.server.groupNotice(GroupNotice.JOINED, GROUP, ALICE, []);
    world.server.groupNotice(GroupNotice.KICKED, GROUP, BOB, [ALICE]);
    await settle();
    expect(alice.groups.list()).toEqual([]);
  });

  it("many notices of one moment make one request", async () => {
    const world = new World();
    world.server.groups.set(GROUP, [BOB, ALICE]);
    await world.signedIn(ALICE);
    const before = world.rest.count("/group/info/batch");
    world.server.pushes = false;
    for (let index = 0; index < 10; index += 1) world.server.groupNotice(GroupNotice.INFO_UPDATED, GROUP, BOB, []);
    world.server.wake(ALICE, GROUP);
    await settle();
    expect(world.rest.count("/group/info/batch") - before).toBeLessThanOrEqual(2);
  });

  it("INVITED tells of the invitation", async () => {
    const world = new World();
    world.server.groups.set(GROUP, [BOB, ALICE]);
    const alice = await world.signedIn(ALICE);
    const seen = record(alice, "invitation");
    world.server.groupNotice(GroupNotice.INVITED, GROUP, BOB, [ALICE]);
    await settle();
    expect(seen).toEqual([{ groupId: GROUP, from: BOB }]);
  });
});

describe("notices of devices", () => {
  it("tell which one came, and make the list of devices be read again", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    const [devices, lists] = [record(alice, "device"), record(alice, "account")];
    world.server.userNotice(UserNotice.DEVICE_ADDED, ALICE, '{"device_sn":7,"platform":2}');
    world.server.userNotice(UserNotice.DEVICE_LOGOUT, ALICE);
    await settle();
    expect(devices).toEqual([{ change: "added", deviceSn: 7, platform: 2 }, { change: "gone", deviceSn: 0, platform: 0 }]);
    expect(lists.filter((event) => event.type === "devices")).toHaveLength(2);
    expect(alice.state).toBe("online");
  });
});
