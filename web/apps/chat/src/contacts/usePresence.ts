import { useEffect } from "react";
import { useClient, useLive } from "../client/ClientContext";

/** The server lets one session watch this many users. */
const watchLimit = 200;

/** Watches the users and tells who of them is online. The last caller's set counts, so only the visible list calls it. */
export function usePresence(userIds: number[]): (userId: number) => boolean {
  const client = useClient();
  const isConnected = useLive(["state"], () => client.state === "online");
  const key = [...userIds]
    .sort((a, b) => a - b)
    .slice(0, watchLimit)
    .join();
  useEffect(() => {
    if (isConnected) client.presence.watch(key ? key.split(",").map(Number) : []);
  }, [client, key, isConnected]);
  return useLive(["presence"], () => (userId: number) => client.presence.find(userId)?.isOnline === true);
}
