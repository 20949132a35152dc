import { useId } from "react";
import "./Field.css";

interface SelectProps {
  label: string;
  hint?: string;
  value: string;
  options: { id: string; label: string }[];
  testId?: string;
  isDisabled?: boolean;
  onChange(value: string): void;
}

export function Select({ label, hint, value, options, testId, isDisabled, onChange }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field-input"
        value={value}
        disabled={isDisabled}
        data-testid={testId}
        aria-describedby={hint ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
      {hint ? (
        <p id={`${id}-note`} className="field-hint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
