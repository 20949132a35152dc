import type { BatchResult } from "@cerulean/sdk";
import type { AppContext } from "../client/ClientContext";
import { reasonText } from "../client/errorText";

/** A batch succeeds or fails per user; each failure is named. */
export function reportFailures(results: BatchResult[], { client, ui, t }: AppContext): void {
  for (const { userId, isOk, ...problem } of results) {
    if (!isOk) ui.toast(t("group.failedFor", { name: client.roster.nameOf(userId), reason: reasonText(problem, t) }), "error");
  }
}
