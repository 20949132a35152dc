import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Logo } from "../ui/Logo";

interface CodeCardProps {
  /** Begins the test ids of the parts. */
  id: "phone" | "reset";
  title: string;
  /** What to do now; told to screen readers whenever it changes. */
  lead: string;
  /** The fields; none when there is nothing left to do. */
  children: ReactNode;
  error: string;
  isBusy: boolean;
  isReady: boolean;
  submitLabel: string;
  onSubmit(): void;
  /** Offered once a code is on its way. */
  onAgain?: (() => void) | undefined;
  onClose(): void;
}

/** Instead of the sign-in form: something that takes a code sent to a contact, step by step. */
export function CodeCard({ id, title, lead, children, error, isBusy, isReady, submitLabel, onSubmit, onAgain, onClose }: CodeCardProps) {
  const { t } = useTranslation();
  return (
    <div className="sign-in-card" data-testid={`${id}-panel`}>
      <Logo size={68} />
      <h1>{title}</h1>
      <p className="sign-in-lead" role="status">
        {lead}
      </p>
      {children ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) onSubmit();
          }}
        >
          {children}
          {error ? (
            <p className="notice notice-danger" role="alert" data-testid={`${id}-error`}>
              {error}
            </p>
          ) : null}
          <Button type="submit" tone="primary" isWide isBusy={isBusy} disabled={!isReady} data-testid={`${id}-submit`}>
            {submitLabel}
          </Button>
        </form>
      ) : null}
      <p className="sign-in-switch">
        {onAgain ? (
          <Button tone="ghost" disabled={isBusy} data-testid={`${id}-again`} onClick={onAgain}>
            {t("reset.again")}
          </Button>
        ) : null}
        <Button tone="ghost" data-testid={`${id}-close`} onClick={onClose}>
          {t("reset.back")}
        </Button>
      </p>
    </div>
  );
}

export const isCode = (text: string) => /^\d{6}$/u.test(text.trim());

/** For the six digits; what the system read from a text message is offered there. */
export function CodeField({ value, testId, onChange }: { value: string; testId: string; onChange(text: string): void }) {
  const { t } = useTranslation();
  return (
    <Field
      label={t("reset.code")}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={6}
      autoFocus
      value={value}
      data-testid={testId}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
