import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

export interface ConfirmRequest {
  title: string;
  body: string;
  confirmLabel: string;
  isDanger?: boolean;
  /** What must be typed before it can be confirmed, for what cannot be undone. */
  typed?: string;
}

interface ConfirmDialogProps extends ConfirmRequest {
  onAnswer(answer: boolean): void;
}

export function ConfirmDialog({ title, body, confirmLabel, isDanger, typed, onAnswer }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const isReady = typed === undefined || text.trim() === typed;
  return (
    <Dialog
      title={title}
      size="small"
      testId="confirm-dialog"
      onClose={() => onAnswer(false)}
      footer={
        <>
          <Button onClick={() => onAnswer(false)}>{t("common.cancel")}</Button>
          <Button
            tone={isDanger ? "danger" : "primary"}
            disabled={!isReady}
            data-autofocus={typed === undefined ? true : undefined}
            data-testid="confirm-accept"
            onClick={() => onAnswer(true)}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <p>{body}</p>
      {typed === undefined ? null : (
        <Field
          label={t("confirm.typeName", { name: typed })}
          value={text}
          autoComplete="off"
          data-testid="confirm-typed"
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </Dialog>
  );
}
