import { useCallback, useEffect, useRef, useState } from "react";
import type { GroupMember, GroupRole } from "@cerulean/sdk";
import { useClient } from "../client/ClientContext";

const pageSize = 50;
const order: Record<GroupRole, number> = { owner: 0, admin: 1, member: 2 };

interface Loaded {
  members: GroupMember[];
  cursor: string | null;
  total: number;
}

const nothing: Loaded = { members: [], cursor: null, total: 0 };

/** Members page by page; looking for a name reads the rest, since only this side knows the names that are shown. */
export function useMembers(groupId: number) {
  const client = useClient();
  const [loaded, setLoaded] = useState<Loaded>(nothing);
  const [isLoading, setLoading] = useState(true);
  const [query, setQuery] = useState("");
  // An answer about what was shown before must not come on top of what is shown now.
  const turn = useRef(0);

  const load = useCallback(
    async (known: Loaded, isWhole: boolean) => {
      const mine = ++turn.current;
      setLoading(true);
      try {
        let next = known;
        do {
          const page = await client.groups.listMembers(groupId, { limit: pageSize, ...(next.cursor ? { cursor: next.cursor } : {}) });
          next = { members: [...next.members, ...page.items], cursor: page.cursor, total: page.total };
        } while (isWhole && next.cursor !== null);
        if (mine === turn.current) setLoaded(next);
      } finally {
        if (mine === turn.current) setLoading(false);
      }
    },
    [client, groupId],
  );

  // Fails in the background when the group has just been left; the pane then closes by itself.
  const reload = useCallback(() => void load(nothing, false).catch(() => undefined), [load]);

  useEffect(() => {
    reload();
    return client.on("group", (event) => {
      if ((event.groupId === groupId || event.type === "list") && event.type !== "announcement-updated") reload();
    });
  }, [client, groupId, reload]);

  const wanted = query.trim().toLocaleLowerCase();
  const needsRest = wanted !== "" && loaded.cursor !== null;
  useEffect(() => {
    if (needsRest && !isLoading) void load(loaded, true).catch(() => undefined);
  }, [needsRest, isLoading, loaded, load]);

  const matches = (member: GroupMember) =>
    [member.displayName, client.roster.nameOf(member.userId), client.roster.profile(member.userId)?.username ?? ""].some((name) =>
      name.toLocaleLowerCase().includes(wanted),
    );
  const shown = wanted ? loaded.members.filter(matches) : loaded.members;
  return {
    members: [...shown].sort((a, b) => order[a.role] - order[b.role]),
    all: loaded.members,
    total: loaded.total,
    hasMore: loaded.cursor !== null && wanted === "",
    isLoading,
    query,
    setQuery,
    reload,
    loadMore: () => void load(loaded, false).catch(() => undefined),
  };
}
