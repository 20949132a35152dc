import { makeConversation, makeMessage, makeWorld } from "@cerulean/mock-api";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../test/render";
import { ConversationPane } from "./ConversationPane";

const bubbles = () => screen.getAllByTestId("message-bubble");
const bubbleWith = (text: string) => bubbles().find((one) => one.textContent.includes(text))!;

async function openMenuOf(text: string) {
  fireEvent.contextMenu(bubbleWith(text));
  return screen.findByRole("menu");
}

describe("ConversationPane", () => {
  it("shows the messages of a group with sender names and the unread line", async () => {
    renderSignedIn(<ConversationPane xid={2001} />);
    expect(await screen.findByText("Who has the key of the hut?")).toBeInTheDocument();
    expect(within(bubbleWith("Who has the key")).getByText("Heron")).toBeInTheDocument();
    expect(screen.getByTestId("unread-divider")).toBeInTheDocument();
    expect(screen.getByTestId("conversation-title")).toHaveTextContent("Nest builders");
  });

  it("sends a text and shows how far it got", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={1004} />);
    await screen.findByText("晚上一起吃饭吗？");
    await userEvent.type(screen.getByTestId("composer-input"), "on my way{Enter}");
    expect(await screen.findByText("on my way")).toBeInTheDocument();
    expect(client.conversations.find(1004)?.last?.text).toBe("on my way");
    await waitFor(() => expect(bubbleWith("on my way")).toHaveAttribute("data-status", "read"), { timeout: 3000 });
  });

  it("marks the conversation read once its end is on the screen", async () => {
    vi.spyOn(document, "hasFocus").mockReturnValue(true);
    const { client } = renderSignedIn(<ConversationPane xid={2002} />);
    await screen.findByText(/新的首页稿/u);
    await waitFor(() => expect(client.conversations.find(2002)?.unread).toBe(0));
  });

  it("recalls an own message and leaves a trace", async () => {
    renderSignedIn(<ConversationPane xid={1004} />);
    await screen.findByText("好啊，老地方？");
    await openMenuOf("好啊，老地方？");
    await userEvent.click(screen.getByRole("menuitem", { name: "Recall" }));
    expect(await screen.findByText("You recalled a message")).toBeInTheDocument();
    expect(screen.queryByText("好啊，老地方？")).toBeNull();
  });

  it("offers neither edit nor recall for what others wrote", async () => {
    renderSignedIn(<ConversationPane xid={1004} />);
    await screen.findByText("晚上一起吃饭吗？");
    const menu = await openMenuOf("晚上一起吃饭吗？");
    expect(within(menu).queryByRole("menuitem", { name: "Recall" })).toBeNull();
    expect(within(menu).queryByRole("menuitem", { name: "Edit" })).toBeNull();
    expect(within(menu).getByRole("menuitem", { name: "Reply" })).toBeInTheDocument();
  });

  it("edits through the composer", async () => {
    renderSignedIn(<ConversationPane xid={1004} />);
    await screen.findByText("好啊，老地方？");
    await openMenuOf("好啊，老地方？");
    await userEvent.click(screen.getByRole("menuitem", { name: "Edit" }));
    const input = screen.getByTestId("composer-input");
    await userEvent.clear(input);
    await userEvent.type(input, "new words{Enter}");
    expect(await screen.findByText("new words")).toBeInTheDocument();
    expect(within(bubbleWith("new words")).getByText("edited")).toBeInTheDocument();
  });

  it("replies with a quotation", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={1004} />);
    await screen.findByText("晚上一起吃饭吗？");
    await openMenuOf("晚上一起吃饭吗？");
    await userEvent.click(screen.getByRole("menuitem", { name: "Reply" }));
    await userEvent.type(screen.getByTestId("composer-input"), "yes{Enter}");
    await waitFor(() => expect(client.messages.list(1004).at(-1)?.replyTo?.text).toBe("晚上一起吃饭吗？"));
  });

  it('suggests members after "@" and sends whom it mentions', async () => {
    const { client } = renderSignedIn(<ConversationPane xid={2001} />);
    await screen.findByText("Who has the key of the hut?");
    const sendText = vi.spyOn(client.messages, "sendText");
    await userEvent.type(screen.getByTestId("composer-input"), "hello @her");
    await screen.findByRole("option", { name: "Heron" });
    await userEvent.keyboard("{Enter}{Enter}");
    expect(sendText).toHaveBeenCalledWith(2001, "hello @Heron", { mentions: { all: false, userIds: [1003] } });
  });

  it("closes the composer for who is silenced alone, with the end, and for members while only managers may write", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={2002} />);
    const [owner, me] = [client.groups.find(2002)!.ownerId, client.me!.userId];
    expect(owner).not.toBe(me);
    await screen.findByTestId("composer-input");
    await client.groups.ban(2002, [me], 60);
    expect(await screen.findByTestId("composer-blocked")).toHaveTextContent(/silenced until/u);
    await client.groups.unban(2002, [me]);
    await screen.findByTestId("composer-input");
    await client.groups.banAll(2002, 60);
    expect(await screen.findByTestId("composer-blocked")).toHaveTextContent("Only managers can write");
    await client.groups.addAdmins(2002, [me]);
    expect(await screen.findByTestId("composer-input")).toBeInTheDocument();
  });

  it("shows what the system said as messages, and takes no answer", async () => {
    const world = makeWorld();
    world.conversations.push(makeConversation(0, "system", "", { headMid: 7, unread: 1 }));
    world.history.set(0, [makeMessage({ mid: 7, xid: 0, from: 0, isSystem: true, text: "Service window tonight" })]);
    const { client } = renderSignedIn(<ConversationPane xid={0} />, { world });
    expect(await screen.findByText("Service window tonight")).toBeInTheDocument();
    expect(bubbleWith("Service window")).toHaveAttribute("aria-label", expect.stringContaining("Announcements"));
    expect(screen.getByTestId("conversation-title")).toHaveTextContent("Announcements");
    expect(screen.getByTestId("composer-blocked")).toBeInTheDocument();
    expect(screen.queryByTestId("open-details")).toBeNull();
    expect(client.conversations.find(0)).toBeDefined();
  });

  it("says nothing of the presence of a stranger", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={1004} />);
    await waitFor(() => expect(screen.getByTestId("conversation-subtitle")).toHaveTextContent("online"));
    client.world.people = client.world.people.map((one) => (one.userId === 1004 ? { ...one, relation: "stranger" } : one));
    client.events.emit("roster", { type: "info-updated", userId: 1004 });
    await waitFor(() => expect(screen.getByTestId("conversation-subtitle")).toBeEmptyDOMElement());
  });

  it("draws no line above what arrives first in an empty conversation", async () => {
    const world = makeWorld();
    world.conversations = world.conversations.filter((one) => one.xid !== 1003);
    world.history.delete(1003);
    const { client } = renderSignedIn(<ConversationPane xid={1003} />, { world });
    await screen.findByText("Say hello");
    client.messages.receive(1003, 1003, "first of all");
    expect(await screen.findByText("first of all")).toBeInTheDocument();
    expect(screen.queryByTestId("unread-divider")).toBeNull();
  });

  it("shows a new announcement until it was read, with its links", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={2001} />);
    await client.groups.setAnnouncement(2001, { title: "Sunday", content: "Maps: https://maps.example/hut" });
    const banner = await screen.findByTestId("announcement-banner");
    await waitFor(() => expect(within(banner).getByRole("link")).toHaveAttribute("href", "https://maps.example/hut"));
    await userEvent.click(screen.getByTestId("announcement-confirm"));
    expect(screen.queryByTestId("announcement-banner")).toBeNull();
  });

  it("queues while offline and retries what failed", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={1004} />);
    await screen.findByText("晚上一起吃饭吗？");
    client.setState("offline");
    await userEvent.type(screen.getByTestId("composer-input"), "later{Enter}");
    await waitFor(() => expect(bubbleWith("later")).toHaveAttribute("data-status", "queued"));
    const message = client.messages.list(1004).at(-1)!;
    client.messages.change(message, { status: "failed", error: { code: 1, reason: "banned", message: "" } });
    const retry = await screen.findByTestId("message-retry");
    expect(retry).toHaveTextContent("You may not write here at the moment.");
    await userEvent.click(retry);
    await waitFor(() => expect(bubbleWith("later")).toHaveAttribute("data-status", "sent"));
  });

  it("says plainly that a conversation is intact, or not", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={1004} />);
    await userEvent.click(screen.getByTestId("open-details"));
    await userEvent.click(await screen.findByTestId("verify-button"));
    expect(await screen.findByTestId("verify-intact")).toHaveTextContent("250 items checked");
    client.messages.report = { checked: 12, intact: false, brokenAt: 99, problem: "local" };
    await userEvent.click(screen.getByTestId("verify-button"));
    expect(await screen.findByTestId("verify-broken")).toHaveTextContent("item 99");
  });
});
