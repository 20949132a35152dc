import type { Message } from "@cerulean/sdk";
import type { TFunction } from "i18next";

/** The line that stands for a message that was taken back. */
export function recallText({ from, recalledBy }: Message, myId: number, nameOf: (userId: number) => string, t: TFunction): string {
  const isByAuthor = recalledBy === from;
  if (recalledBy === myId) return isByAuthor ? t("message.recalledByMe") : t("message.recalledOfByMe", { name: nameOf(from) });
  const name = nameOf(recalledBy ?? 0);
  return isByAuthor ? t("message.recalled", { name }) : t("message.recalledOf", { name, author: nameOf(from) });
}
