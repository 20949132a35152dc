import { makeConversation, makeMessage, makeWorld } from "@cerulean/mock-api";
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

  it("lists the system once it has said something, with what is unread", async () => {
    const world = makeWorld();
    world.conversations.push(makeConversation(0, "system", "", { headMid: 7, unread: 1 }));
    const { client } = renderSignedIn(<ConversationList selectedXid={null} />, { world });
    await screen.findAllByTestId("conversation-item");
    const system = () => items().find((item) => item.dataset.xid === "0");
    expect(system()).toBeUndefined();
    world.history.set(0, [makeMessage({ mid: 7, xid: 0, from: 0, isSystem: true, text: "Service window tonight" })]);
    client.conversations.update(0, {});
    await waitFor(() => expect(system()).toHaveTextContent("Announcements"));
    expect(system()).toHaveTextContent("Service window tonight");
    expect(within(system()!).getByTestId("unread-badge")).toHaveTextContent("1 unread message");
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
    expect(await screen.findByText("Nothing found")).toBeVisible();
  });

  it("leads from an empty list to the friends", async () => {
    const world = makeWorld();
    world.conversations = [];
    renderSignedIn(<ConversationList selectedXid={null} />, { world });
    await userEvent.click(await screen.findByRole("button", { name: "Choose a friend" }));
    expect(window.location.hash).toBe("#/contacts");
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
