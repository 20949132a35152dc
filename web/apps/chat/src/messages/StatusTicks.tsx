import { Check, CheckCheck, CircleAlert, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MessageStatus } from "@cerulean/sdk";

const icons = { queued: Clock, sending: Clock, sent: Check, delivered: CheckCheck, read: CheckCheck, failed: CircleAlert };

/** One tick: on the server. Two: on a device. Two in colour: read. */
export function StatusTicks({ status }: { status: MessageStatus }) {
  const { t } = useTranslation();
  const Icon = icons[status];
  const label = t(`status.${status}`);
  return (
    <span className={`ticks ticks-${status}`} role="img" aria-label={label} title={label} data-status={status}>
      <Icon size={status === "queued" || status === "sending" ? 12 : 15} aria-hidden />
    </span>
  );
}
