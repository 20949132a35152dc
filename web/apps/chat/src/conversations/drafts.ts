import { useCallback, useSyncExternalStore } from "react";
import { useClient } from "../client/ClientContext";

/** What was written here and not sent. */
export function useDraft(xid: number): string {
  const client = useClient();
  const subscribe = useCallback((listener: () => void) => client.on("draft", (event) => event.xid === xid && listener()), [client, xid]);
  return useSyncExternalStore(subscribe, () => client.drafts.get(xid));
}
