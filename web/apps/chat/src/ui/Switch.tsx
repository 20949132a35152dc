import type { ReactNode } from "react";
import "./Switch.css";

interface SwitchProps {
  label: string;
  hint?: string;
  icon?: ReactNode;
  isOn: boolean;
  testId?: string;
  isDisabled?: boolean;
  onChange(isOn: boolean): void;
}

export function Switch({ label, hint, icon, isOn, testId, isDisabled, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      className="switch-row"
      role="switch"
      aria-checked={isOn}
      disabled={isDisabled}
      data-testid={testId}
      onClick={() => onChange(!isOn)}
    >
      {icon}
      <span className="switch-text">
        {label}
        {hint ? <small>{hint}</small> : null}
      </span>
      <span className="switch-track" aria-hidden />
    </button>
  );
}
