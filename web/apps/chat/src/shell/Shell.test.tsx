import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderSignedIn } from "../test/render";
import { Shell } from "./Shell";

const goTo = (hash: string) =>
  act(() => {
    window.location.hash = hash;
    window.dispatchEvent(new Event("hashchange"));
  });

describe("Shell", () => {
  it("counts unread messages and open requests", async () => {
    renderSignedIn(<Shell />);
    expect(await screen.findByTestId("nav-chats-badge")).toHaveTextContent("4");
    await waitFor(() => expect(screen.getByTestId("nav-contacts-badge")).toHaveTextContent("2"));
    expect(document.title).toBe("(4) Cerulean");
  });

  it("accepts an application", async () => {
    const { client } = renderSignedIn(<Shell />);
    goTo("#/contacts/requests");
    await userEvent.click(await screen.findByRole("button", { name: "Accept: Magpie" }));
    await waitFor(() => expect(client.roster.profile(1009)?.relation).toBe("friend"));
  });

  it("reads new messages aloud, but not those of muted conversations", async () => {
    const { client } = renderSignedIn(<Shell />);
    act(() => void client.messages.receive(2003, 1006, "quiet"));
    act(() => void client.messages.receive(1003, 1003, "hello there"));
    expect(screen.getByTestId("live-region")).toHaveTextContent("Heron: hello there");
  });

  it("tells after a moment that the connection is gone", async () => {
    const { client } = renderSignedIn(<Shell />);
    act(() => client.setState("offline"));
    expect(await screen.findByTestId("offline-banner", {}, { timeout: 2500 })).toBeVisible();
    act(() => client.setState("online"));
    expect(screen.queryByTestId("offline-banner")).toBeNull();
  });

  it("saves the own profile", async () => {
    const { client } = renderSignedIn(<Shell />);
    goTo("#/settings/profile");
    const input = await screen.findByTestId("profile-nickname");
    await userEvent.clear(input);
    await userEvent.type(input, "Builder");
    await userEvent.click(screen.getByTestId("profile-save"));
    await waitFor(() => expect(client.me?.displayName).toBe("Builder"));
  });

  it("signs another device out", async () => {
    renderSignedIn(<Shell />);
    goTo("#/settings/devices");
    expect(await screen.findAllByTestId("device-item")).toHaveLength(3);
    await userEvent.click(screen.getAllByTestId("device-kick")[0]!);
    await userEvent.click(screen.getByTestId("confirm-accept"));
    await waitFor(() => expect(screen.getAllByTestId("device-item")).toHaveLength(2));
  });

  it("says when a new device signed in, and leads to the list of devices", async () => {
    const { client } = renderSignedIn(<Shell />);
    act(() => client.events.emit("device", { change: "signed-in", deviceSn: 2, platform: 6 }));
    expect(screen.queryByTestId("toast-action")).toBeNull();
    act(() => client.events.emit("device", { change: "added", deviceSn: 3, platform: 6 }));
    await userEvent.click(screen.getByTestId("toast-action"));
    expect(window.location.hash).toBe("#/settings/devices");
  });
});
