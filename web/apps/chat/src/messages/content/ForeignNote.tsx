import { ImageDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Foreign } from "./useForeign";

/** Stands for a picture that lies on another server, until somebody wants to see it. */
export function ForeignNote({ foreign }: { foreign: Foreign }) {
  const { t } = useTranslation();
  return (
    <button type="button" className="foreign-note" data-testid="load-foreign" onClick={foreign.load}>
      <ImageDown size={26} aria-hidden />
      <span>{t("message.loadFrom", { host: foreign.host })}</span>
      <small>{t("message.loadFromHint")}</small>
    </button>
  );
}
