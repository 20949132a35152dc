import { makeGroup, makeWorld } from "@cerulean/mock-api";
import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ContactList } from "../contacts/ContactList";
import { renderSignedIn } from "../test/render";
import { groupName } from "./groupName";

describe("a group without a name", () => {
  it("goes by its members, or by its number", () => {
    expect(groupName({ groupId: 7, name: "Lake", memberNames: ["Ann"] })).toBe("Lake");
    expect(groupName({ groupId: 7, name: "", memberNames: ["Ann", "Ben"] })).toBe("Ann, Ben");
    expect(groupName({ groupId: 7, name: "" })).toBe("Group 7");
  });

  it("has a row with words in the list of groups", async () => {
    const world = makeWorld();
    world.groups = [{ ...makeGroup(2050, "", 1002, 3), memberNames: ["Heron", "Wren"] }];
    renderSignedIn(<ContactList selected={null} pendingCount={0} />, { world });
    const row = await screen.findByTestId("group-item");
    expect(within(row).getByText("Heron, Wren")).toBeInTheDocument();
  });
});
