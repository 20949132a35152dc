import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import "./Button.css";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: "primary" | "plain" | "danger" | "ghost";
  icon?: ReactNode;
  isBusy?: boolean;
  isWide?: boolean;
}

export function Button({ tone = "plain", icon, isBusy, isWide, children, className = "", disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${tone} ${isWide ? "button-wide" : ""} ${className}`}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      {...rest}
    >
      {isBusy ? <span className="spinner" aria-hidden /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  isActive?: boolean;
  badge?: number;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that shows only an icon; the label is its name for assistive technology and its tooltip. */
export function IconButton({ label, isActive, badge, children, className = "", ...rest }: IconButtonProps) {
  return (
    <button type="button" className={`icon-button ${isActive ? "is-active" : ""} ${className}`} aria-label={label} title={label} {...rest}>
      {children}
      {badge ? (
        <span className="icon-button-badge" aria-hidden>
          {badge > 99 ? "99+" : badge}
        </span>
      ) : null}
    </button>
  );
}
