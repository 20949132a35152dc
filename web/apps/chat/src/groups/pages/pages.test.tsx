import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderSignedIn } from "../../test/render";
import { DetailsPanel } from "../DetailsPanel";

/** 2001 is mine, 2002 somebody else's. */
function open(groupId = 2001) {
  return renderSignedIn(<DetailsPanel xid={groupId} kind="group" onClose={() => {}} />);
}

const goTo = async (page: string) => userEvent.click(await screen.findByTestId(`group-page-${page}`));

describe("group settings", () => {
  it("send each switch at once and show what came of it", async () => {
    const { client } = open();
    await goTo("settings");
    const change = screen.getByTestId("group-switch-hideMemberInfo");
    expect(change).toHaveAttribute("aria-checked", "false");
    await userEvent.click(change);
    await waitFor(() => expect(change).toHaveAttribute("aria-checked", "true"));
    await userEvent.selectOptions(screen.getByTestId("group-approval"), "2");
    await userEvent.selectOptions(screen.getByTestId("group-push-mode"), "4");
    await waitFor(() => expect(client.groups.find(2001)).toMatchObject({ hideMemberInfo: true, applyApproval: 2, msgPushMode: 4 }));
  });

  it("change name and description together", async () => {
    const { client } = open();
    await goTo("settings");
    const name = screen.getByTestId("group-info-name");
    await userEvent.clear(name);
    expect(screen.getByTestId("group-info-save")).toBeDisabled();
    await userEvent.type(name, "Ridge walkers");
    await userEvent.type(screen.getByTestId("group-info-description"), "Every Saturday");
    await userEvent.click(screen.getByTestId("group-info-save"));
    await waitFor(() => expect(client.groups.find(2001)).toMatchObject({ name: "Ridge walkers", description: "Every Saturday" }));
  });

  it("leave an ordinary member his own choices only", async () => {
    open(2002);
    await goTo("settings");
    expect(screen.getByTestId("group-mute-mode")).toBeVisible();
    expect(screen.queryByTestId("group-approval")).toBeNull();
    expect(screen.queryByTestId("group-info-name")).toBeNull();
    expect(screen.queryByTestId("group-page-blocked")).toBeNull();
  });
});

describe("announcements", () => {
  it("are shown until they were read, and in a list afterwards", async () => {
    open();
    await userEvent.click(await screen.findByTestId("group-news-confirm"));
    expect(screen.queryByTestId("group-news")).toBeNull();
    await goTo("announcements");
    expect(await screen.findByTestId("announcement-item")).toHaveTextContent("We meet at the hut at nine.");
  });

  it("are published and removed by managers", async () => {
    open();
    await goTo("announcements");
    await userEvent.type(screen.getByTestId("announcement-title"), "Boots");
    expect(screen.getByTestId("announcement-publish")).toBeDisabled();
    await userEvent.type(screen.getByTestId("announcement-content"), "Bring good ones");
    await userEvent.click(screen.getByTestId("announcement-publish"));
    const added = (await screen.findByText("Bring good ones")).closest<HTMLElement>("[data-testid=announcement-item]")!;
    await userEvent.click(within(added).getByTestId("announcement-remove"));
    await userEvent.click(screen.getByTestId("confirm-accept"));
    await waitFor(() => expect(screen.queryByText("Bring good ones")).toBeNull());
  });
});

describe("shared files", () => {
  it("are added and removed", async () => {
    open();
    await goTo("files");
    await userEvent.upload(screen.getByTestId("shared-file-input"), new File(["x"], "huts.txt", { type: "text/plain" }));
    const added = (await screen.findByText("huts.txt")).closest<HTMLElement>("[data-testid=shared-file]")!;
    await userEvent.click(within(added).getByTestId("shared-file-menu"));
    await userEvent.click(screen.getByTestId("action-remove-file"));
    await userEvent.click(screen.getByTestId("confirm-accept"));
    await waitFor(() => expect(screen.getAllByTestId("shared-file")).toHaveLength(1));
  });
});

describe("members", () => {
  const rowOf = async (userId: number) => (await screen.findAllByTestId("member-item")).find((one) => one.dataset.user === String(userId))!;

  it("are silenced for a chosen time", async () => {
    const { client } = open();
    await userEvent.click(within(await rowOf(1003)).getByTestId("member-menu"));
    await userEvent.click(screen.getByTestId("action-ban-member"));
    await userEvent.click(screen.getByTestId("choice-1440"));
    await userEvent.click(screen.getByTestId("choice-accept"));
    await waitFor(async () => {
      const member = client.world.members.get(2001)?.find((one) => one.userId === 1003);
      expect((member?.bannedUntil ?? 0) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    });
    expect(await rowOf(1003)).toHaveTextContent("silenced until");
  });

  it("who are blocked leave, and may be let in again", async () => {
    open();
    await userEvent.click(within(await rowOf(1003)).getByTestId("member-menu"));
    await userEvent.click(screen.getByTestId("action-block-member"));
    await userEvent.click(screen.getByTestId("confirm-accept"));
    await goTo("blocked");
    await userEvent.click(await screen.findByTestId("group-unblock"));
    expect(await screen.findByText("Nobody is blocked")).toBeVisible();
  });

  it("the group is dissolved only by typing its name", async () => {
    const { client } = open();
    await userEvent.click(await screen.findByTestId("action-destroy-group"));
    expect(screen.getByTestId("confirm-accept")).toBeDisabled();
    await userEvent.type(screen.getByTestId("confirm-typed"), client.groups.find(2001)?.name ?? "");
    await userEvent.click(screen.getByTestId("confirm-accept"));
    await waitFor(() => expect(client.groups.find(2001)).toBeUndefined());
  });
});
