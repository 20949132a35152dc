import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Status_ErrorCode as StatusCode, UserNotice_Type } from "../src/gen/xsync_pb.js";
import { Backoff } from "../src/transport/backoff.js";
import { ALICE, BOB, record, settle, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("backoff", () => {
  it("doubles up to the limit, each delay between half and whole", () => {
    const low = new Backoff(500, 30_000, () => 0);
    const high = new Backoff(500, 30_000, () => 1);
    expect(Array.from({ length: 8 }, () => low.next())).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(Array.from({ length: 8 }, () => high.next())).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    low.reset();
    expect(low.next()).toBe(250);
  });
});

describe("connection", () => {
  it("reconnects after a loss and tells each state", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    const states = record(alice, "state");
    world.server.disconnect();
    await settle(1_000);
    expect(states.map((event) => event.state)).toEqual(["offline", "connecting", "online"]);
    expect(world.server.provisions).toBe(2);
  });

  it("tries with growing pauses while the server is away", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.isReachable = false;
    const states = record(alice, "state");
    world.server.disconnect();
    await settle(60_000);
    const attempts = states.filter((event) => event.state === "connecting").length;
    expect(attempts).toBeGreaterThanOrEqual(6);
    expect(attempts).toBeLessThanOrEqual(12);
    world.server.isReachable = true;
    alice.reconnect();
    await settle(1_000);
    expect(alice.state).toBe("online");
  });

  it("beats every 50 s and drops a connection that does not answer within 20 s", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    await settle(50_000);
    expect(world.server.session(ALICE).heartbeats).toBe(2);
    world.server.answersHeartbeats = false;
    const states = record(alice, "state");
    await settle(50_000);
    expect(states).toEqual([]);
    await settle(20_000);
    expect(states[0]).toEqual({ state: "offline" });
  });

  it("same device elsewhere: kicked, no reconnect, stored session stays for the other tab", async () => {
    const world = new World();
    const browser = world.browser();
    const alice = await world.signedIn(ALICE, browser);
    const kicks = record(alice, "kicked");
    world.server.userNotice(UserNotice_Type.KICK_BY_SAME_DEVICE, ALICE);
    await settle(120_000);
    expect(kicks).toEqual([{ reason: "same-device" }]);
    expect([alice.state, alice.isSignedIn]).toEqual(["kicked", false]);
    expect(world.server.sessions).toEqual([]);
    expect(await world.client(browser).resume()).toBe(true);
  });

  it("password changed: kicked, stored session gone", async () => {
    const world = new World();
    const browser = world.browser();
    const alice = await world.signedIn(ALICE, browser);
    world.server.userNotice(UserNotice_Type.PASSWORD_CHANGED, ALICE);
    await settle();
    expect(alice.kickReason).toBe("password-changed");
    expect(await world.client(browser).resume()).toBe(false);
  });

  it("refused token ends the session, a passing failure does not", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.server.refusal = { code: StatusCode.FAIL, reason: "busy" };
    world.server.disconnect();
    await settle(10_000);
    expect(alice.isSignedIn).toBe(true);
    world.server.refusal = { code: StatusCode.INVALID_TOKEN, reason: "expired" };
    await settle(60_000);
    expect([alice.state, alice.kickReason]).toEqual(["kicked", "token-invalid"]);
  });

  it("device name stays the same over sign-outs", async () => {
    const world = new World();
    const browser = world.browser();
    const alice = await world.signedIn(ALICE, browser);
    const guid = browser.values.getItem(`cerulean.device.demo.${ALICE}`);
    await alice.signOut();
    expect(alice.state).toBe("signed-out");
    await world.signedIn(ALICE, browser);
    expect(browser.values.getItem(`cerulean.device.demo.${ALICE}`)).toBe(guid);
    expect(guid).toMatch(new RegExp(`^${ALICE}_\\d+$`));
  });

  it("watched users are sent again after a reconnect", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    alice.presence.watch([BOB]);
    await settle();
    expect(world.server.session(ALICE).watched).toEqual([BOB]);
    world.server.disconnect();
    await settle(1_000);
    expect(world.server.session(ALICE).watched).toEqual([BOB]);
  });
});
