import type { UserSettings } from "@cerulean/sdk";
import { describe, expect, it } from "vitest";
import { decide, isWithin, type Place } from "./policy";

const settings = { noPush: false, noPushDetail: false, noPushStartHour: 0, noPushEndHour: 0, noSounds: false, silenceStartTime: 0, silenceEndTime: 0 } as UserSettings;
const place: Place = { isMuted: false, group: undefined, isMentioned: false, isFromManager: false };
const message = { isMine: false, isSystem: false, xid: 1003 };
const at = (hour: number) => new Date(2024, 5, 1, hour, 30);
const decideAt = (hour: number, patch: Partial<UserSettings>) => decide(message, place, { ...settings, ...patch }, at(hour));

describe("a span of hours", () => {
  it.each([
    [23, 22, 7, true],
    [6, 22, 7, true],
    [7, 22, 7, false],
    [12, 22, 7, false],
    [12, 9, 17, true],
    [17, 9, 17, false],
    [5, 0, 0, false],
    [5, 5, 5, false],
  ])("at %i, from %i to %i: %s", (hour, start, end, expected) => expect(isWithin(hour, start, end)).toBe(expected));
});

describe("a message that nobody looks at", () => {
  it("is shown with text and sound", () => {
    expect(decideAt(12, {})).toEqual({ isShown: true, hasDetail: true, hasSound: true });
  });

  it("is shown when the system says it to the user, and not when it is a line in a group", () => {
    expect(decide({ ...message, isSystem: true, xid: 0 }, place, settings, at(12)).isShown).toBe(true);
    expect(decide({ ...message, isSystem: true }, place, settings, at(12)).isShown).toBe(false);
  });

  it("is quiet in the hours for that, each for itself", () => {
    expect(decideAt(23, { noPushStartHour: 22, noPushEndHour: 7 })).toMatchObject({ isShown: false, hasSound: true });
    expect(decideAt(23, { silenceStartTime: 22, silenceEndTime: 7 })).toMatchObject({ isShown: true, hasSound: false });
  });

  it("keeps to the switches of the user", () => {
    expect(decideAt(12, { noPush: true })).toMatchObject({ isShown: false, hasSound: true });
    expect(decideAt(12, { noSounds: true })).toMatchObject({ isShown: true, hasSound: false });
    expect(decideAt(12, { noPushDetail: true })).toMatchObject({ isShown: true, hasDetail: false });
  });

  it("says nothing when it is mine, of the system, or in a muted conversation", () => {
    const nothing = { isShown: false, hasSound: false };
    expect(decide({ ...message, isMine: true }, place, settings, at(12))).toMatchObject(nothing);
    expect(decide({ ...message, isSystem: true }, place, settings, at(12))).toMatchObject(nothing);
    expect(decide(message, { ...place, isMuted: true }, settings, at(12))).toMatchObject(nothing);
  });

  it.each([
    [0, {}, true],
    [1, { isMentioned: true, isFromManager: true }, false],
    [2, {}, false],
    [2, { isMentioned: true }, true],
    [2, { isFromManager: true }, true],
    [3, { isMentioned: true }, false],
    [3, { isFromManager: true }, true],
    [4, { isFromManager: true }, false],
    [4, { isMentioned: true }, true],
  ])("in a group with mode %i, %j: %s", (msgPushMode, who, expected) => {
    const group = { msgMuteMode: 0, msgPushMode };
    expect(decide(message, { ...place, group, ...who }, settings, at(12)).isShown).toBe(expected);
  });

  it("is quiet in a group that was made silent", () => {
    expect(decide(message, { ...place, group: { msgMuteMode: 1, msgPushMode: 0 }, isMentioned: true }, settings, at(12)).isShown).toBe(false);
  });
});
