import { useTranslation } from "react-i18next";

export function ProgressRing({ fraction }: { fraction: number }) {
  const { t } = useTranslation();
  const length = 2 * Math.PI * 17;
  const percent = Math.round(fraction * 100);
  return (
    <svg
      className="progress-ring"
      viewBox="0 0 40 40"
      role="progressbar"
      aria-label={t("message.upload")}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <circle cx="20" cy="20" r="17" />
      <circle
        cx="20"
        cy="20"
        r="17"
        className="progress-ring-done"
        strokeDasharray={length}
        strokeDashoffset={length * (1 - Math.max(0.04, fraction))}
      />
    </svg>
  );
}
