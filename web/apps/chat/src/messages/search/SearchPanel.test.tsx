import { makeMessage, makeWorld } from "@cerulean/mock-api";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderSignedIn } from "../../test/render";
import { SearchPanel } from "./SearchPanel";

describe("SearchPanel", () => {
  it("says when it has found enough, and goes on", async () => {
    const world = makeWorld();
    world.history.set(1003, Array.from({ length: 205 }, (_, index) => makeMessage({ mid: index + 1, xid: 1003, from: 1003, text: "needle" })));
    renderSignedIn(<SearchPanel xid={1003} nameOf={() => "Heron"} onJump={() => {}} onClose={() => {}} />, { world });
    await userEvent.type(screen.getByTestId("message-search"), "needle");
    const more = await screen.findByTestId("search-more");
    expect(screen.getByTestId("search-status")).toHaveTextContent("The newest 200 hits, back to");
    await userEvent.click(more);
    expect(await screen.findByText("205 hits in the whole conversation")).toBeInTheDocument();
    expect(screen.getAllByTestId("search-hit")).toHaveLength(205);
    expect(screen.queryByTestId("search-more")).toBeNull();
  });
});
