import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Logo } from "../ui/Logo";
import { PasswordMeter } from "./PasswordMeter";
import { useReset, type ResetActions } from "./useReset";

/** For whoever has forgotten the password. */
export function ResetPanel({ onDone, ...actions }: ResetActions & { onDone(): void }) {
  const { t } = useTranslation();
  const reset = useReset(actions);
  return (
    <div className="sign-in-card" data-testid="reset-panel">
      <Logo size={68} />
      <h1>{t("reset.title")}</h1>
      <p className="sign-in-lead" role="status">
        {t(`reset.${reset.step}Lead`)}
      </p>
      {reset.step === "done" ? null : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            reset.submit();
          }}
        >
          <Field
            label={t("reset.contact")}
            autoComplete="email"
            readOnly={reset.step === "code"}
            value={reset.values.contact}
            data-testid="reset-contact"
            onChange={(event) => reset.change("contact", event.target.value)}
          />
          {reset.step === "code" ? (
            <>
              <Field
                label={t("reset.code")}
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={6}
                autoFocus
                value={reset.values.code}
                data-testid="reset-code"
                onChange={(event) => reset.change("code", event.target.value)}
              />
              <Field
                label={t("account.newPassword")}
                type="password"
                autoComplete="new-password"
                value={reset.values.newPassword}
                data-testid="reset-password"
                onChange={(event) => reset.change("newPassword", event.target.value)}
              />
              <PasswordMeter password={reset.values.newPassword} personal={[reset.values.contact]} />
            </>
          ) : null}
          {reset.error ? (
            <p className="notice notice-danger" role="alert" data-testid="reset-error">
              {reset.error}
            </p>
          ) : null}
          <Button type="submit" tone="primary" isWide isBusy={reset.isBusy} disabled={!reset.isReady} data-testid="reset-submit">
            {t(reset.step === "contact" ? "reset.send" : "reset.set")}
          </Button>
        </form>
      )}
      <p className="sign-in-switch">
        {reset.step === "code" ? (
          <Button tone="ghost" disabled={reset.isBusy} data-testid="reset-again" onClick={reset.sendAgain}>
            {t("reset.again")}
          </Button>
        ) : null}
        <Button tone="ghost" data-testid="reset-done" onClick={onDone}>
          {t("reset.back")}
        </Button>
      </p>
    </div>
  );
}
