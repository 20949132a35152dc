import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../test/render";
import { CreateGroupDialog } from "./CreateGroupDialog";
import { DetailsPanel } from "./DetailsPanel";

const memberItem = async (userId: number) =>
  (await screen.findAllByTestId("member-item")).find((one) => one.dataset.user === String(userId))!;

describe("CreateGroupDialog", () => {
  it("creates a group of the chosen friends and opens it", async () => {
    const onClose = vi.fn();
    const { client } = renderSignedIn(<CreateGroupDialog onClose={onClose} />);
    expect(screen.getByTestId("group-create-submit")).toBeDisabled();
    await userEvent.type(screen.getByTestId("group-name"), "New nest");
    await userEvent.click(screen.getByRole("checkbox", { name: "Heron" }));
    await userEvent.click(screen.getByTestId("group-create-submit"));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    const group = client.groups.list().at(-1);
    expect(group?.name).toBe("New nest");
    expect(window.location.hash).toBe(`#/chats/${group?.groupId}`);
  });
});

describe("group details", () => {
  it("let the owner remove a member, after a confirmation", async () => {
    const { client } = renderSignedIn(<DetailsPanel xid={2001} kind="group" onClose={() => {}} />);
    await userEvent.click(within(await memberItem(1003)).getByTestId("member-menu"));
    await userEvent.click(screen.getByRole("menuitem", { name: "Remove from group" }));
    await userEvent.click(screen.getByTestId("confirm-accept"));
    await waitFor(() => expect(client.world.members.get(2001)?.some((one) => one.userId === 1003)).toBe(false));
  });

  it("show an ordinary member no way to manage", async () => {
    renderSignedIn(<DetailsPanel xid={2002} kind="group" onClose={() => {}} />);
    await userEvent.click(within(await memberItem(1005)).getByTestId("member-menu"));
    expect(screen.queryByRole("menuitem", { name: "Remove from group" })).toBeNull();
    expect(screen.queryByTestId("action-destroy-group")).toBeNull();
    expect(screen.getByTestId("action-leave-group")).toBeVisible();
  });

  it("rename the group", async () => {
    const { client } = renderSignedIn(<DetailsPanel xid={2001} kind="group" onClose={() => {}} />);
    await userEvent.click(await screen.findByTestId("action-rename-group"));
    const input = screen.getByTestId("prompt-input");
    await userEvent.clear(input);
    await userEvent.type(input, "Roof team{Enter}");
    await waitFor(() => expect(client.groups.find(2001)?.name).toBe("Roof team"));
    expect(screen.getByTestId("group-details-name")).toHaveTextContent("Roof team");
  });
});
