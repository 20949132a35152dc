import { formatRoute, parseRoute } from "../shell/route";

/** What a QR code or link of the messenger leads to. */
export type CodeTarget = { kind: "group"; code: string } | { kind: "user"; userId: number } | { kind: "sign-in"; code: string };

function linkTo(hash: string): string {
  return new URL(`${import.meta.env.BASE_URL}${hash}`, window.location.origin).href;
}

export function groupLink(code: string): string {
  return linkTo(formatRoute({ section: "join", item: code }));
}

export function userLink(userId: number): string {
  return linkTo(formatRoute({ section: "contacts", item: String(userId) }));
}

/** Group, maker, end, signature: the text of a code as the server writes it. */
const bareCode = /^\d+\.\d+\.\d+\.[0-9a-f]+$/u;

/** Group and end of a code, as far as it can be read without the server; null when it is damaged. */
export function readGroupCode(code: string): { groupId: number; expiresAt: number } | null {
  if (!bareCode.test(code)) return null;
  const [group, , end] = code.split(".");
  return { groupId: Number(group), expiresAt: Number(end) };
}

/**
 * Reads a link of this messenger, wherever it is installed, or the bare text of a group code. Only the part after "#" is used,
 * so a link of somebody else's site never leads away from here.
 */
export function parseCode(text: string): CodeTarget | null {
  const trimmed = text.trim();
  if (bareCode.test(trimmed)) return { kind: "group", code: trimmed };
  const hash = trimmed.indexOf("#");
  if (hash < 0) return null;
  const { section, item } = parseRoute(trimmed.slice(hash));
  if (section === "join" && item) return { kind: "group", code: item };
  if (section === "approve" && item) return { kind: "sign-in", code: item };
  if (section === "contacts" && Number(item) > 0) return { kind: "user", userId: Number(item) };
  return null;
}
