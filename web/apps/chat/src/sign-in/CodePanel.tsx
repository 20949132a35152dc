import { useTranslation } from "react-i18next";
import { errorText } from "../client/errorText";
import { QrPicture } from "../codes/QrPicture";
import "../codes/codes.css";
import { Button } from "../ui/Button";
import type { useCodeSignIn } from "./useCodeSignIn";

/** Signing in without typing: a device that is signed in scans the code and agrees. */
export function CodePanel({ code: { phase, start, stop } }: { code: ReturnType<typeof useCodeSignIn> }) {
  const { t } = useTranslation();
  return (
    <section className="code-card" aria-label={t("codeSignIn.start")}>
      {phase.kind === "asking" ? <span className="spinner" aria-hidden /> : null}
      {phase.kind === "shown" ? (
        <>
          <p className="sign-in-lead">{t("codeSignIn.lead")}</p>
          <QrPicture text={phase.url} label={t("codeSignIn.label")} size={200} />
          <input
            className="field-input code-link"
            readOnly
            value={phase.url}
            aria-label={t("code.link")}
            data-testid="code-link"
            onFocus={(event) => event.target.select()}
          />
          <p role="status" data-testid="code-status">
            {t(`codeSignIn.${phase.status}`, { defaultValue: "" })}
          </p>
        </>
      ) : null}
      {phase.kind === "failed" ? (
        <p className="notice notice-danger" role="alert" data-testid="code-failed">
          {errorText(phase.error, t)}
        </p>
      ) : null}
      <div className="join-actions">
        <Button data-testid="code-stop" onClick={stop}>
          {t("codeSignIn.stop")}
        </Button>
        <Button data-testid="code-again" onClick={start}>
          {t("codeSignIn.again")}
        </Button>
      </div>
    </section>
  );
}
