import { makeGroup } from "@cerulean/mock-api";
import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderSignedIn } from "../test/render";
import { RequestsPane } from "./RequestsPane";
import { useRequests } from "./useRequests";

function Page() {
  return <RequestsPane requests={useRequests()} />;
}

it("an invitation names the group, which the invited does not know yet", async () => {
  const { client } = renderSignedIn(<Page />);
  vi.spyOn(client.groups, "find").mockReturnValue(undefined);
  vi.spyOn(client.groups, "info").mockImplementation(async (id) => makeGroup(id, "Bird watchers", 1003, 5));
  client.events.emit("invitation", { groupId: 2003 });
  expect(await screen.findByText("Bird watchers")).toBeInTheDocument();
});
