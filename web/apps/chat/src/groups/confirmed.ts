import type { Announcement } from "@cerulean/sdk";

/** The newest announcement of each group that was read here; kept in this browser. */
const key = "cerulean.announcements";

function read(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Record<string, number>;
  } catch {
    return {};
  }
}

export function isConfirmed({ groupId, id }: Pick<Announcement, "groupId" | "id">): boolean {
  return (read()[groupId] ?? 0) >= id;
}

export function confirmAnnouncement({ groupId, id }: Pick<Announcement, "groupId" | "id">): void {
  localStorage.setItem(key, JSON.stringify({ ...read(), [groupId]: id }));
}
