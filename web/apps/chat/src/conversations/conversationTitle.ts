import type { Conversation } from "@cerulean/sdk";
import type { ChatClient } from "../client/client";

export function conversationTitle({ name, kind, xid }: Pick<Conversation, "name" | "kind" | "xid">, client: ChatClient): string {
  if (name) return name;
  return kind === "group" ? (client.groups.find(xid)?.name ?? `#${xid}`) : client.roster.nameOf(xid);
}
