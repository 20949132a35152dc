import { useCallback, useEffect, useState } from "react";
import { useAppContext } from "../client/ClientContext";
import type { Sender } from "./MessageRow";

/** Names and pictures of senders; the objects stay the same until a profile changes, so that rows are not drawn again. */
export function useSenders(): (userId: number) => Sender {
  const { client, t } = useAppContext();
  const [cache, setCache] = useState(() => new Map<number, Sender>());
  useEffect(() => {
    const forget = () => setCache(new Map());
    const stops = [client.on("roster", forget), client.on("account", forget)];
    return () => stops.forEach((stop) => stop());
  }, [client]);
  return useCallback(
    (userId) => {
      const known = cache.get(userId);
      if (known) return known;
      const avatar = userId === client.me?.userId ? client.me.avatar : (client.roster.profile(userId)?.avatar ?? "");
      const sender = { name: userId === 0 ? t("conversation.system") : client.roster.nameOf(userId), avatarUrl: client.files.avatarFor(avatar, { thumbnail: true }) };
      cache.set(userId, sender);
      return sender;
    },
    [cache, client, t],
  );
}
