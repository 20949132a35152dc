import { useEffect, useReducer } from "react";
import type { Announcement } from "@cerulean/sdk";
import { useClient } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";
import { confirmAnnouncement, isConfirmed } from "./confirmed";

const confirmed = new EventTarget();

/** The newest announcement of a group, until it was confirmed on this device. */
export function useNews(groupId: number): { news: Announcement | undefined; confirmNews(): void } {
  const client = useClient();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const announcements = useAsync(`announcements-${groupId}`, () => client.groups.announcements(groupId));
  const { reload } = announcements;
  useEffect(() => {
    const stop = client.on("group", (event) => event.groupId === groupId && event.type === "announcement-updated" && reload());
    confirmed.addEventListener("confirmed", redraw);
    return () => {
      stop();
      confirmed.removeEventListener("confirmed", redraw);
    };
  }, [client, groupId, reload]);
  const newest = announcements.value?.[0];
  return {
    news: newest && !isConfirmed(newest) ? newest : undefined,
    confirmNews: () => {
      if (newest) confirmAnnouncement(newest);
      confirmed.dispatchEvent(new Event("confirmed"));
    },
  };
}
