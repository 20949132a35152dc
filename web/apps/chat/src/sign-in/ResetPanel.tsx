import { useTranslation } from "react-i18next";
import { Field } from "../ui/Field";
import { CodeCard, CodeField } from "./CodeCard";
import { PasswordMeter } from "./PasswordMeter";
import { useReset, type ResetActions } from "./useReset";

/** For whoever has forgotten the password. */
export function ResetPanel({ onClose, ...actions }: ResetActions & { onClose(): void }) {
  const { t } = useTranslation();
  const reset = useReset(actions);
  return (
    <CodeCard
      id="reset"
      title={t("reset.title")}
      lead={t(`reset.${reset.step}Lead`)}
      error={reset.error}
      isBusy={reset.isBusy}
      isReady={reset.isReady}
      submitLabel={t(reset.step === "contact" ? "reset.send" : "reset.set")}
      onSubmit={reset.submit}
      onAgain={reset.step === "code" ? reset.sendAgain : undefined}
      onClose={onClose}
    >
      {reset.step === "done" ? null : (
        <>
          <Field
            label={t("reset.contact")}
            autoComplete="email"
            autoFocus
            readOnly={reset.step === "code"}
            value={reset.values.contact}
            data-testid="reset-contact"
            onChange={(event) => reset.change("contact", event.target.value)}
          />
          {reset.step === "code" ? (
            <>
              <CodeField value={reset.values.code} testId="reset-code" onChange={(text) => reset.change("code", text)} />
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
        </>
      )}
    </CodeCard>
  );
}
