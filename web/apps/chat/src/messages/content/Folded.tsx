import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A long text shows its beginning until the rest is asked for. */
export function Folded({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="bubble-folded">
      <div className={isOpen ? "" : "is-folded"}>{children}</div>
      <button type="button" className="fold-button" aria-expanded={isOpen} data-testid="fold" onClick={() => setOpen(!isOpen)}>
        {t(isOpen ? "message.showLess" : "message.showMore")}
      </button>
    </div>
  );
}
