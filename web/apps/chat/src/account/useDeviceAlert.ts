import { useEffect } from "react";
import { useAppContext } from "../client/ClientContext";
import { navigate } from "../shell/route";

/** Says at once when somebody signed in to this account on a device that was never seen before. */
export function useDeviceAlert(): void {
  const { client, ui, t } = useAppContext();
  useEffect(
    () =>
      client.on("device", ({ change }) => {
        if (change !== "added") return;
        ui.toast(t("deviceAlert.added"), "info", { label: t("account.devices"), run: () => navigate("settings", "devices") });
      }),
    [client, ui, t],
  );
}
