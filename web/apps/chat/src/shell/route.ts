import { useCallback, useSyncExternalStore } from "react";

export type Section = "chats" | "contacts" | "settings" | "join" | "approve";

/** Where the user is: a section and what is open in it, kept in the address after "#" so that the back button works. */
export interface Route {
  section: Section;
  item: string | null;
}

const sections: readonly string[] = ["chats", "contacts", "settings", "join"];

/** What the picture of a sign-in leads to; the server writes it like this. */
const signInCode = /^#qr_login=([^&/]+)$/u;

export function parseRoute(hash: string): Route {
  const code = signInCode.exec(hash)?.[1];
  if (code) return { section: "approve", item: decodeURIComponent(code) };
  const [section = "", item] = hash.replace(/^#\/?/u, "").split("/");
  if (!sections.includes(section)) return { section: "chats", item: null };
  return { section: section as Section, item: item ? decodeURIComponent(item) : null };
}

export function formatRoute(route: Route): string {
  if (route.section === "approve") return `#qr_login=${encodeURIComponent(route.item ?? "")}`;
  return `#/${route.section}${route.item ? `/${encodeURIComponent(route.item)}` : ""}`;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function navigate(section: Section, item: string | number | null = null): void {
  window.location.hash = formatRoute({ section, item: item === null ? null : String(item) });
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    subscribe,
    useCallback(() => window.location.hash, []),
  );
  return parseRoute(hash);
}
