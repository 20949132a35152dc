import { CeruleanError } from "@cerulean/sdk";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../test/render";
import { ProfilePage } from "./ProfilePage";

async function start() {
  const { client } = renderSignedIn(<ProfilePage />);
  await userEvent.type(screen.getByTestId("profile-email"), "me@example.com");
  return client;
}

describe("an e-mail address", () => {
  it("is confirmed by the code that was sent to it", async () => {
    const client = await start();
    await userEvent.click(screen.getByTestId("profile-email-prove"));
    await userEvent.type(await screen.findByTestId("prompt-input"), "123456{Enter}");
    await waitFor(() => expect(client.me?.email).toBe("me@example.com"));
  });

  it("takes the password where another was confirmed before", async () => {
    const client = await start();
    const prove = vi.spyOn(client.account, "proveEmail").mockRejectedValueOnce(new CeruleanError(10010, "permission-denied", ""));
    await userEvent.click(screen.getByTestId("profile-email-prove"));
    await userEvent.type(await screen.findByTestId("prompt-input"), "123456{Enter}");
    const password = await screen.findByLabelText("Password");
    expect(password).toHaveAttribute("type", "password");
    await userEvent.type(password, "secret{Enter}");
    await waitFor(() => expect(prove).toHaveBeenLastCalledWith("me@example.com", "123456", "secret"));
  });
});
