import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";

/** Says that a text is too long for a message, and what can be done about it. */
export function LongTextNote({ onSend }: { onSend: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <div className="composer-note" role="alert" data-testid="composer-too-long">
      <span>{t("errors.text-too-long")}</span>
      {onSend ? (
        <Button data-testid="send-as-file" onClick={onSend}>
          {t("composer.sendAsFile")}
        </Button>
      ) : null}
    </div>
  );
}
