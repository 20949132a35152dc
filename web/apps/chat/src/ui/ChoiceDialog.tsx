import { useId, useState } from "react";
import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import "./Choice.css";

export interface ChoiceRequest {
  title: string;
  body?: string;
  options: { id: string; label: string }[];
  initial?: string;
  confirmLabel: string;
  isDanger?: boolean;
}

interface ChoiceDialogProps extends ChoiceRequest {
  onAnswer(answer: string | null): void;
}

/** One of a few. */
export function ChoiceDialog({ title, body, options, initial, confirmLabel, isDanger, onAnswer }: ChoiceDialogProps) {
  const { t } = useTranslation();
  const name = useId();
  const [chosen, setChosen] = useState(initial ?? options[0]?.id ?? "");
  return (
    <Dialog
      title={title}
      size="small"
      testId="choice-dialog"
      onClose={() => onAnswer(null)}
      footer={
        <>
          <Button onClick={() => onAnswer(null)}>{t("common.cancel")}</Button>
          <Button tone={isDanger ? "danger" : "primary"} data-testid="choice-accept" onClick={() => onAnswer(chosen)}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {body ? <p className="form-lead">{body}</p> : null}
      <div role="radiogroup" aria-label={title}>
        {options.map(({ id, label }) => (
          <label key={id} className="choice-row">
            <input type="radio" name={name} value={id} checked={chosen === id} data-testid={`choice-${id}`} onChange={() => setChosen(id)} />
            {label}
            <Check size={20} aria-hidden />
          </label>
        ))}
      </div>
    </Dialog>
  );
}
