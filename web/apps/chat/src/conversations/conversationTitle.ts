import type { Conversation } from "@cerulean/sdk";
import i18next from "i18next";
import type { ChatClient } from "../client/client";
import { groupName } from "../groups/groupName";

export function conversationTitle({ name, kind, xid }: Pick<Conversation, "name" | "kind" | "xid">, client: ChatClient): string {
  if (xid === 0) return i18next.t("conversation.system");
  if (name) return name;
  if (kind !== "group") return client.roster.nameOf(xid);
  return groupName(client.groups.find(xid) ?? { groupId: xid, name });
}
