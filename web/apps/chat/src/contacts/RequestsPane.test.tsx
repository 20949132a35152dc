import { makeGroup } from "@cerulean/mock-api";
import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderSignedIn } from "../test/render";
import { RequestsPane } from "./RequestsPane";
import { useRequests } from "./useRequests";

function Page() {
  return <RequestsPane requests={useRequests()} />;
}

it("my own request is listed with those I received, and asks nothing of me", async () => {
  const { client } = renderSignedIn(<Page />);
  await client.roster.apply(1005, "from the lake");
  const note = await screen.findByText("from the lake");
  const row = within(note.closest("li")!);
  expect(row.getByText("Waiting")).toBeInTheDocument();
  expect(row.queryByRole("button")).toBeNull();
});

it("an invitation names the group, which the invited does not know yet", async () => {
  const { client } = renderSignedIn(<Page />);
  vi.spyOn(client.groups, "find").mockReturnValue(undefined);
  vi.spyOn(client.groups, "info").mockImplementation(async (id) => makeGroup(id, "Bird watchers", 1003, 5));
  client.events.emit("invitation", { groupId: 2003 });
  expect(await screen.findByText("Bird watchers")).toBeInTheDocument();
});
