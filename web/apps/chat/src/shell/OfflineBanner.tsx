import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient, useLive } from "../client/ClientContext";
import { Button } from "../ui/Button";

/** A short break is normal on a phone and not worth a word. */
const graceMs = 1200;

export function OfflineBanner() {
  const { t } = useTranslation();
  const client = useClient();
  const state = useLive(["state"], () => client.state);
  const waiting = useLive(["message-status"], () => client.messages.waitingCount());
  const isDown = state === "offline" || state === "connecting";
  const [isShown, setShown] = useState(false);

  useEffect(() => {
    if (!isDown) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), graceMs);
    return () => clearTimeout(timer);
  }, [isDown]);

  return (
    <div role="status" aria-live="polite">
      {isDown && isShown ? (
        <div className="offline-banner" data-testid="offline-banner">
          <CloudOff size={18} aria-hidden />
          <span>{waiting > 0 ? t("shell.offlineWaiting", { count: waiting }) : t("shell.offline")}</span>
          <Button tone="ghost" onClick={() => client.reconnect()}>
            {t("shell.reconnect")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
