import type { Message } from "@cerulean/sdk";

const link = /https?:\/\/[^\s<>"'，。！？、；：（）《》]+[^\s<>"'，。！？、；：（）《》.,!?;:)\]]/u;

/** Splits a text at its web addresses: every second part is one. */
export const linkParts = new RegExp(`(${link.source})`, "gu");

/** The link that a preview is shown for; empty while there is none, or the text is still being written. */
export function linkOf({ kind, text, mid, merged, isStreaming }: Message): string {
  if (kind !== "text" || merged || mid === 0 || isStreaming) return "";
  const found = link.exec(text)?.[0] ?? "";
  return URL.canParse(found) ? found : "";
}
