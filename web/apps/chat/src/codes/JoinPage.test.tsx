import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderSignedIn } from "../test/render";
import { JoinPage } from "./JoinPage";

const later = Date.now() + 86_400_000;

describe("JoinPage", () => {
  it("names the group and the end of the invitation, and joins", async () => {
    renderSignedIn(<JoinPage code={`2001.1002.${later}.c0de`} />);
    expect(await screen.findByText("You are invited to Nest builders")).toBeInTheDocument();
    expect(screen.getByTestId("join-page")).toHaveTextContent("Valid until");
    await userEvent.click(screen.getByTestId("join-accept"));
    expect(window.location.hash).toBe("#/chats/2001");
  });

  it.each([
    ["damaged", `2001.1002.${later}`, "does not lead to a group"],
    ["expired", "2001.1002.1000.c0de", "has expired"],
  ])("says before joining that a code is %s", (_what, code, text) => {
    renderSignedIn(<JoinPage code={code} />);
    expect(screen.getByTestId("join-error")).toHaveTextContent(text);
    expect(screen.queryByTestId("join-accept")).toBeNull();
  });
});
