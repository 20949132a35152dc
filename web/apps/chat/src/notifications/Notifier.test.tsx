import { act, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { UserSettings } from "@cerulean/sdk";
import { renderSignedIn } from "../test/render";
import { Notifier } from "./Notifier";

interface Shown {
  title: string;
  body: string;
  onclick?: () => void;
}

let shown: Shown[];
let isHidden: boolean;

beforeEach(() => {
  shown = [];
  isHidden = true;
  class FakeNotification {
    static permission = "granted";
    onclick?: () => void;
    body: string;
    constructor(
      readonly title: string,
      options: { body: string },
    ) {
      this.body = options.body;
      shown.push(this);
    }
    close() {}
  }
  vi.stubGlobal("Notification", FakeNotification);
  localStorage.setItem("cerulean.desktopNotifications", "on");
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (isHidden ? "hidden" : "visible"));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function start() {
  const { client } = renderSignedIn(<Notifier />);
  await act(async () => {});
  return client;
}

describe("Notifier", () => {
  it("shows a message while the page is hidden, and leads to it", async () => {
    const client = await start();
    act(() => void client.messages.receive(1003, 1003, "hello there"));
    await waitFor(() => expect(shown).toMatchObject([{ title: "Heron", body: "hello there" }]));
    shown[0]?.onclick?.();
    expect(window.location.hash).toBe("#/chats/1003");
  });

  it("hides what was written where that is set", async () => {
    const client = await start();
    await act(() => client.account.updateSettings({ noPushDetail: true }));
    act(() => void client.messages.receive(1003, 1003, "a secret"));
    await waitFor(() => expect(shown).toHaveLength(1));
    expect(JSON.stringify(shown)).not.toMatch(/secret|Heron/u);
  });

  it("judges a message by the change that came before it, however slow its answer", async () => {
    const client = await start();
    const changed = { ...(await client.account.settings()), noPush: true };
    let answer: (settings: UserSettings) => void = () => {};
    vi.spyOn(client.account, "settings").mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    act(() => client.events.emit("account", { type: "settings" }));
    act(() => void client.messages.receive(1003, 1003, "too late"));
    await act(async () => answer(changed));
    expect(shown).toEqual([]);
  });

  it("is still while the page is seen, the conversation is muted, or the device is switched off", async () => {
    const client = await start();
    act(() => void client.messages.receive(2003, 1006, "quiet"));
    isHidden = false;
    act(() => void client.messages.receive(1003, 1003, "seen"));
    isHidden = true;
    localStorage.setItem("cerulean.desktopNotifications", "off");
    act(() => void client.messages.receive(1003, 1003, "off"));
    await act(async () => {});
    expect(shown).toEqual([]);
  });
});
