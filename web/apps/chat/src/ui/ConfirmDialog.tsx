import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

export interface ConfirmRequest {
  title: string;
  body: string;
  confirmLabel: string;
  isDanger?: boolean;
}

interface ConfirmDialogProps extends ConfirmRequest {
  onAnswer(answer: boolean): void;
}

export function ConfirmDialog({ title, body, confirmLabel, isDanger, onAnswer }: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={title}
      size="small"
      testId="confirm-dialog"
      onClose={() => onAnswer(false)}
      footer={
        <>
          <Button onClick={() => onAnswer(false)}>{t("common.cancel")}</Button>
          <Button tone={isDanger ? "danger" : "primary"} data-autofocus data-testid="confirm-accept" onClick={() => onAnswer(true)}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <p>{body}</p>
    </Dialog>
  );
}
