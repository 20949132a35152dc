import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../../test/render";
import { ConversationPane } from "../ConversationPane";

describe("read counts", () => {
  it("stand below own messages of a group that shows them, and lead to the readers", async () => {
    const { client } = renderSignedIn(<ConversationPane xid={2001} />);
    const [count] = await screen.findAllByTestId("read-count");
    const members = client.world.members.get(2001)!.length - 1;
    expect(count).toHaveTextContent(members > 2 ? "Read by 2" : "Read by all");
    await userEvent.click(count!);
    expect(await screen.findAllByTestId("reader-item")).toHaveLength(2);
  });

  it("are not asked for where a group does not show them, nor between two", async () => {
    const { client, rerender: _rerender } = renderSignedIn(<ConversationPane xid={1004} />);
    const readCounts = vi.spyOn(client.messages, "readCounts");
    await screen.findByText("晚上一起吃饭吗？");
    expect(screen.queryByTestId("read-count")).toBeNull();
    expect(readCounts).not.toHaveBeenCalled();
  });
});
