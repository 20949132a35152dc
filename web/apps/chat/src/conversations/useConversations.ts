import { useState } from "react";
import type { Conversation, Group, RosterItem } from "@cerulean/sdk";
import { useClient, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";
import { groupName } from "../groups/groupName";
import { conversationTitle } from "./conversationTitle";
import { usePendingRemovals } from "./pendingRemovals";

export interface Found {
  conversations: Conversation[];
  /** Friends and groups that match but have no conversation yet. */
  people: RosterItem[];
  groups: Group[];
}

function findMatches(
  query: string,
  conversations: Conversation[],
  people: RosterItem[],
  groups: Group[],
  titleOf: (conversation: Conversation) => string,
): Found {
  const wanted = query.trim().toLocaleLowerCase();
  if (!wanted) return { conversations, people: [], groups: [] };
  const matches = (...texts: string[]) => texts.some((text) => text.toLocaleLowerCase().includes(wanted));
  const known = new Set(conversations.map((one) => one.xid));
  return {
    conversations: conversations.filter((one) => matches(titleOf(one))),
    people: people.filter((one) => !known.has(one.userId) && matches(one.displayName, one.username)),
    groups: groups.filter((one) => !known.has(one.groupId) && matches(groupName(one))),
  };
}

export function useConversations() {
  const client = useClient();
  const [query, setQuery] = useState("");
  const first = useAsync("conversations", () => client.conversations.load());
  const conversations = useLive(["conversations", "conversation"], () => client.conversations.list());
  const people = useLive(["roster"], () => client.roster.list());
  const groups = useLive(["group"], () => client.groups.list());
  const removed = usePendingRemovals();
  // The system's conversation is there once it has said something.
  const shown = conversations.filter((one) => (one.kind !== "system" || one.last !== null) && !removed.has(one.xid));
  return {
    query,
    setQuery,
    found: findMatches(query, shown, people, groups, (one) => conversationTitle(one, client)),
    isEmpty: shown.length === 0,
    isLoading: first.isLoading && shown.length === 0,
  };
}
