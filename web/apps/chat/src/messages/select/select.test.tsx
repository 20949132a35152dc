import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../../test/render";
import { ConversationPane } from "../ConversationPane";

async function choosing() {
  const view = renderSignedIn(<ConversationPane xid={1004} />);
  const bubble = (await screen.findByText("好啊，老地方？")).closest("article")!;
  fireEvent.contextMenu(bubble);
  await userEvent.click(await screen.findByRole("menuitem", { name: "Select" }));
  await screen.findByTestId("selection-bar");
  return view;
}

describe("choosing messages", () => {
  it("takes the place of the composer until it is ended", async () => {
    await choosing();
    expect(screen.getByTestId("selection-bar")).toHaveTextContent("1 selected");
    expect(screen.queryByTestId("composer-input")).toBeNull();
    const picks = screen.getAllByTestId("message-pick");
    await userEvent.click(picks[0]!);
    expect(screen.getByTestId("selection-bar")).toHaveTextContent("2 selected");
    expect(picks[0]).toHaveAttribute("aria-checked", "true");
    await userEvent.click(picks[0]!);
    expect(picks[0]).toHaveAttribute("aria-checked", "false");
    fireEvent.keyDown(screen.getByTestId("selection-bar"), { key: "Escape" });
    expect(screen.getByTestId("composer-input")).toBeInTheDocument();
  });

  it("forwards them as one record that opens", async () => {
    const { client } = await choosing();
    await userEvent.click(screen.getAllByTestId("message-pick")[0]!);
    const forwardMerged = vi.spyOn(client.messages, "forwardMerged");
    await userEvent.click(screen.getByTestId("action-forward-merged"));
    const dialog = await screen.findByTestId("forward-dialog");
    const name = client.conversations.find(1004)!.name;
    await userEvent.click(within(dialog).getByRole("button", { name: new RegExp(name) }));
    await waitFor(() => expect(forwardMerged).toHaveBeenCalled());
    expect(forwardMerged.mock.calls[0]![0].map((one) => one.text)).toEqual(["晚上一起吃饭吗？", "好啊，老地方？"]);
    await userEvent.click(await screen.findByTestId("message-record"));
    expect(await screen.findAllByTestId("record-item")).toHaveLength(2);
  });

  it("deletes them for me after a question", async () => {
    const { client } = await choosing();
    const deleteForMe = vi.spyOn(client.messages, "deleteForMe");
    await userEvent.click(screen.getByTestId("action-delete-selected"));
    await userEvent.click(await screen.findByTestId("confirm-accept"));
    await waitFor(() => expect(deleteForMe).toHaveBeenCalledTimes(1));
    expect(screen.queryByText("好啊，老地方？")).toBeNull();
  });
});
