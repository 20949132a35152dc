import { useEffect } from "react";
import type { UserSettings } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";

/** The settings of the account; what is shown is what the server has confirmed. */
export function useUserSettings() {
  const { client, guard } = useAppContext();
  const { value: settings, error, reload } = useAsync("settings", () => client.account.settings());
  useEffect(() => client.on("account", ({ type }) => type === "settings" && reload()), [client, reload]);
  return {
    settings,
    error,
    update: (patch: Partial<UserSettings>) => guard(async () => void (await client.account.updateSettings(patch))),
  };
}
