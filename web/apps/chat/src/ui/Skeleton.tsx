import { useTranslation } from "react-i18next";
import "./EmptyState.css";

/** Grey rows that keep the shape of a list while it loads. */
export function SkeletonRows({ count = 7 }: { count?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("common.loading")}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="skeleton-row" aria-hidden>
          <span className="skeleton" style={{ width: 48, height: 48, borderRadius: "50%" }} />
          <span className="skeleton-lines">
            <span className="skeleton" style={{ width: `${42 + ((index * 17) % 30)}%`, height: 12 }} />
            <span className="skeleton" style={{ width: `${60 + ((index * 23) % 32)}%`, height: 10 }} />
          </span>
        </div>
      ))}
    </div>
  );
}
