import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { DetailsPanel } from "../groups/DetailsPanel";
import { renderSignedIn } from "../test/render";
import { UserCard } from "./UserCard";

describe("UserCard", () => {
  it("says so when there is nobody of that number", async () => {
    renderSignedIn(<UserCard userId={123} />);
    expect(await screen.findByText(/This user does not exist/u)).toBeInTheDocument();
  });

  it("says that a request is on its way instead of offering another", async () => {
    renderSignedIn(<UserCard userId={1009} />);
    await userEvent.click(await screen.findByTestId("action-apply-friend"));
    await userEvent.click(await screen.findByTestId("prompt-accept"));
    expect(await screen.findByTestId("user-card-request")).toHaveTextContent("Request sent. Waiting for an answer.");
    expect(screen.queryByTestId("action-apply-friend")).toBeNull();
  });

  it("mutes as the details of the conversation do", async () => {
    const { client } = renderSignedIn(<UserCard userId={1003} />);
    await userEvent.click(await screen.findByTestId("action-mute-friend"));
    expect(await screen.findByTestId("action-unmute-friend")).toBeInTheDocument();
    expect(client.conversations.find(1003)?.isMuted).toBe(true);
  });
});

describe("the details of a conversation with a friend", () => {
  it("have one switch for noise, and it ends both kinds of silence", async () => {
    const { client } = renderSignedIn(<DetailsPanel xid={1003} kind="user" onClose={() => {}} />);
    await client.roster.setMuted(1003, true);
    const [mute] = await screen.findAllByRole("switch", { name: "Mute", checked: true });
    expect(screen.queryByTestId("action-mute-friend")).toBeNull();
    expect(screen.queryByTestId("action-unmute-friend")).toBeNull();
    await userEvent.click(mute!);
    expect(await screen.findByRole("switch", { name: "Mute", checked: false })).toBeInTheDocument();
    expect(client.roster.profile(1003)?.isMuted).toBe(false);
  });
});
