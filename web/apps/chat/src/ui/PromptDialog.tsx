import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

export interface PromptRequest {
  title: string;
  label: string;
  initial?: string;
  hint?: string;
  confirmLabel: string;
  maxLength?: number;
  isOptional?: boolean;
  /** Typed as a password. */
  isSecret?: boolean;
}

interface PromptDialogProps extends PromptRequest {
  onAnswer(answer: string | null): void;
}

export function PromptDialog({ title, label, initial = "", hint, confirmLabel, maxLength = 64, isOptional, isSecret, onAnswer }: PromptDialogProps) {
  const { t } = useTranslation();
  const formId = useId();
  const [value, setValue] = useState(initial);
  const isReady = isOptional || value.trim() !== "";
  return (
    <Dialog
      title={title}
      size="small"
      testId="prompt-dialog"
      onClose={() => onAnswer(null)}
      footer={
        <>
          <Button onClick={() => onAnswer(null)}>{t("common.cancel")}</Button>
          <Button tone="primary" type="submit" form={formId} disabled={!isReady} data-testid="prompt-accept">
            {confirmLabel}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onAnswer(isSecret ? value : value.trim());
        }}
      >
        <Field
          label={label}
          hint={hint}
          value={value}
          type={isSecret ? "password" : "text"}
          maxLength={maxLength}
          data-testid="prompt-input"
          onChange={(event) => setValue(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
