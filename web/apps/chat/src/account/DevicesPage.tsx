import { useEffect } from "react";
import { Monitor, Smartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Device } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { useAsync } from "../client/useAsync";
import { ContactRow } from "../contacts/ContactRow";
import { formatListTime } from "../messages/time";
import { Button } from "../ui/Button";
import { SkeletonRows } from "../ui/Skeleton";
import { describeDevice } from "./describeDevice";

export function DevicesPage() {
  const { t, i18n } = useTranslation();
  const { client, ui, guard } = useAppContext();
  const { value: devices, error, isLoading, reload } = useAsync("devices", () => client.account.devices());
  useEffect(() => client.on("account", ({ type }) => type === "devices" && reload()), [client, reload]);

  const kick = (device: Device) =>
    guard(async () => {
      const name = describeDevice(device, t).name;
      const isSure = await ui.confirm({
        title: t("account.kickTitle", { name }),
        body: t("account.kickBody"),
        confirmLabel: t("account.signOut"),
        isDanger: true,
      });
      if (!isSure) return;
      await client.account.kickDevice(device.deviceSn);
      reload();
    });

  const times = ({ signedInAt, lastSeenAt }: Device) => ({
    since: formatListTime(signedInAt, i18n.language, t),
    seen: formatListTime(lastSeenAt, i18n.language, t),
  });

  return (
    <div className="card">
      <p className="form-lead">{t("account.devicesLead")}</p>
      {isLoading && !devices ? <SkeletonRows count={3} /> : null}
      {error ? (
        <p className="notice notice-danger" role="alert">
          {errorText(error, t)}
        </p>
      ) : null}
      <ul>
        {thisFirst(devices)?.map((device) => {
          const { name, isPhone } = describeDevice(device, t);
          const Icon = isPhone ? Smartphone : Monitor;
          return (
            <li key={device.deviceSn} className="request-row" data-testid="device-item" data-this={device.isThis}>
              <span className="contact-icon" aria-hidden>
                <Icon size={21} />
              </span>
              <ContactRow name={name} note={t(device.isThis ? "account.thisDevice" : "account.otherDevice", times(device))} />
              {device.isThis ? null : (
                <Button aria-label={t("account.kickNamed", { name })} data-testid="device-kick" onClick={() => kick(device)}>
                  {t("account.signOut")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function thisFirst(devices: Device[] | undefined): Device[] | undefined {
  return devices && [...devices].sort((a, b) => Number(b.isThis) - Number(a.isThis));
}
