import { useTranslation } from "react-i18next";

const widths = [180, 260, 140, 220, 300, 160, 240];

export function MessageSkeleton() {
  const { t } = useTranslation();
  return (
    <div className="message-list message-skeleton" role="status" aria-label={t("common.loading")}>
      {widths.map((width, index) => (
        <span
          key={width}
          className="skeleton"
          aria-hidden
          style={{ width, height: 38, borderRadius: 18, alignSelf: index % 3 === 1 ? "end" : "start" }}
        />
      ))}
    </div>
  );
}
