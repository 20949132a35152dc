import { useId, useState, type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes } from "react";
import { Eye, EyeOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import "./Field.css";

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

export function Field({ label, hint, error, type = "text", ...rest }: FieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const [isRevealed, setRevealed] = useState(false);
  const isPassword = type === "password";
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <input
        id={id}
        className="field-input"
        type={isPassword && isRevealed ? "text" : type}
        aria-invalid={!!error || undefined}
        aria-describedby={hint || error ? `${id}-note` : undefined}
        {...rest}
      />
      {isPassword ? (
        <button
          type="button"
          className="field-reveal"
          aria-label={t(isRevealed ? "common.hidePassword" : "common.showPassword")}
          aria-pressed={isRevealed}
          onClick={() => setRevealed(!isRevealed)}
        >
          {isRevealed ? <EyeOff size={18} /> : <Eye size={18} />}
        </button>
      ) : null}
    </FieldFrame>
  );
}

interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  label: string;
  hint?: string;
}

export function TextArea({ label, hint, ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint}>
      <textarea id={id} className="field-input" rows={3} {...rest} />
    </FieldFrame>
  );
}

interface FrameProps {
  id: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: ReactNode;
}

function FieldFrame({ id, label, hint, error, children }: FrameProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-control">{children}</div>
      {error || hint ? (
        <p id={`${id}-note`} className={error ? "field-error" : "field-hint"}>
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}
