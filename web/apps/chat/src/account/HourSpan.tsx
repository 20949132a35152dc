import { useTranslation } from "react-i18next";
import { Select } from "../ui/Select";
import { Switch } from "../ui/Switch";

interface HourSpanProps {
  label: string;
  start: number;
  end: number;
  testId: string;
  /** What was changed, and nothing else: the other end may be on its way to the server. */
  onChange(change: { start?: number; end?: number }): void;
}

const hours = Array.from({ length: 24 }, (_, hour) => ({ id: String(hour), label: `${String(hour).padStart(2, "0")}:00` }));
const night = { start: 22, end: 7 };

/** A span of hours that may go over midnight, or none: the two ends are equal then. */
export function HourSpan({ label, start, end, testId, onChange }: HourSpanProps) {
  const { t } = useTranslation();
  const isOn = start !== end;
  return (
    <div role="group" aria-label={label}>
      <Switch label={label} isOn={isOn} testId={testId} onChange={(on) => onChange(on ? night : { start: 0, end: 0 })} />
      {isOn ? (
        <div className="hour-span">
          <Select
            label={t("notify.from")}
            value={String(start)}
            options={hours.filter((hour) => hour.id !== String(end))}
            testId={`${testId}-start`}
            onChange={(value) => onChange({ start: Number(value) })}
          />
          <Select
            label={t("notify.to")}
            value={String(end)}
            options={hours.filter((hour) => hour.id !== String(start))}
            testId={`${testId}-end`}
            onChange={(value) => onChange({ end: Number(value) })}
          />
        </div>
      ) : null}
    </div>
  );
}
