import { useEffect } from "react";
import type { RosterItem } from "@cerulean/sdk";
import { useClient, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";

/** Users I have blocked; they are no longer in the friend list, but must stay within reach to be let in again. */
export function useBlocked(): RosterItem[] {
  const client = useClient();
  const { value: ids, reload } = useAsync("blocked", async () => {
    const blocked = await client.roster.blocked();
    if (blocked.length > 0) await client.roster.ensureProfiles(blocked);
    return blocked;
  });
  useEffect(
    () =>
      client.on("roster", ({ type }) => {
        if (type === "blocked" || type === "unblocked" || type === "list") reload();
      }),
    [client, reload],
  );
  return useLive(["roster"], () => (ids ?? []).flatMap((id) => client.roster.profile(id) ?? []));
}
