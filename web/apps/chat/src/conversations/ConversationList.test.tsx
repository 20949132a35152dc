import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderSignedIn } from "../test/render";
import { ConversationList } from "./ConversationList";

const items = () => screen.getAllByTestId("conversation-item");

describe("ConversationList", () => {
  it("shows pinned conversations first, with preview and unread count", async () => {
    renderSignedIn(<ConversationList selectedXid={null} />);
    const first = (await screen.findAllByTestId("conversation-item"))[0]!;
    expect(first).toHaveTextContent("Nest builders");
    expect(within(first).getByTestId("unread-badge")).toHaveTextContent("3 unread messages");
    expect(first).toHaveTextContent("Wren: @demo1");
  });

  it("filters by name and offers friends without a conversation", async () => {
    const { client } = renderSignedIn(<ConversationList selectedXid={null} />);
    await client.conversations.remove(1003);
    await userEvent.type(screen.getByTestId("conversation-search"), "heron");
    expect(screen.queryByTestId("conversation-item")).toBeNull();
    expect(screen.getByRole("link", { name: "Heron" })).toHaveAttribute("href", "#/chats/1003");
  });

  it("says so when nothing matches", async () => {
    renderSignedIn(<ConversationList selectedXid={null} />);
    await userEvent.type(screen.getByTestId("conversation-search"), "zzz");
    expect(screen.getByText("Nothing found")).toBeVisible();
  });

  it("pins from the context menu", async () => {
    const { client } = renderSignedIn(<ConversationList selectedXid={null} />);
    fireEvent.contextMenu(items().find((item) => item.dataset.xid === "1003")!);
    await userEvent.click(screen.getByRole("menuitem", { name: "Pin to top" }));
    expect(client.conversations.find(1003)?.isPinned).toBe(true);
  });

  it("hides what was deleted, and shows it again when that is taken back", async () => {
    const { client } = renderSignedIn(<ConversationList selectedXid={null} />);
    const heron = () => items().find((item) => item.dataset.xid === "1003");
    fireEvent.contextMenu(heron()!);
    await userEvent.click(screen.getByRole("menuitem", { name: "Delete conversation" }));
    expect(heron()).toBeUndefined();
    expect(client.conversations.find(1003)).toBeDefined();
    await userEvent.click(screen.getByTestId("toast-action"));
    expect(heron()).toBeVisible();
  });

  it("moves along the list with the arrow keys", async () => {
    renderSignedIn(<ConversationList selectedXid={null} />);
    items()[0]!.focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(items()[1]).toHaveFocus();
    await userEvent.keyboard("{End}");
    expect(items().at(-1)).toHaveFocus();
  });

  it("follows new messages and typing", async () => {
    const { client } = renderSignedIn(<ConversationList selectedXid={null} />);
    client.conversations.update(1003, { typing: [1003] });
    const heron = () => items().find((item) => item.dataset.xid === "1003")!;
    await waitFor(() => expect(heron()).toHaveTextContent("typing…"));
    client.messages.receive(1003, 1003, "fresh news");
    await waitFor(() => expect(heron()).toHaveTextContent("fresh news"));
  });
});
