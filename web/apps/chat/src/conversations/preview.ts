import { plainText, type Conversation, type Message, type MessageKind } from "@cerulean/sdk";
import type { TFunction } from "i18next";

/** One line that stands for a message where there is no room for it. */
export function messagePreview(kind: MessageKind, text: string, t: TFunction): string {
  switch (kind) {
    case "text":
    case "command":
      return text;
    case "file":
      return text ? `${t("kind.file")} ${text}` : t("kind.file");
    default:
      return t(`kind.${kind}`);
  }
}

/** The text of a message without the signs of its format. */
export function spokenText({ text, format, isAppended }: Pick<Message, "text" | "format" | "isAppended">): string {
  return format === "markdown" || isAppended ? plainText(text.slice(0, 2000)) : text;
}

export function conversationPreview(conversation: Conversation, nameOf: (userId: number) => string, t: TFunction): string {
  const { last, kind, typing } = conversation;
  const typist = typing[0];
  if (typist !== undefined) return kind === "group" ? t("typing.one", { name: nameOf(typist) }) : t("typing.peer");
  if (!last) return t("conversation.noMessages");
  const text = messagePreview(last.kind, last.text, t);
  const isSpoken = last.kind !== "command" && last.from !== 0;
  if (kind !== "group" || !isSpoken) return text;
  return `${last.isMine ? t("common.you") : nameOf(last.from)}: ${text}`;
}
