import { useEffect, useRef } from "react";
import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import "./Toasts.css";

export type ToastTone = "info" | "success" | "error";

/** What may be done about it while it is shown, such as taking it back. */
export interface ToastAction {
  label: string;
  run(): void;
}

export interface Toast {
  id: number;
  text: string;
  tone: ToastTone;
  action?: ToastAction | undefined;
}

const icons = { info: Info, success: CircleCheck, error: CircleAlert };

export function Toasts({ toasts, onDismiss }: { toasts: Toast[]; onDismiss(id: number): void }) {
  const { t } = useTranslation();
  const layer = useRef<HTMLDivElement>(null);

  // A popover opened last lies above modal dialogs, so errors stay visible over them.
  useEffect(() => {
    const element = layer.current;
    if (!element || typeof element.showPopover !== "function") return;
    if (element.matches(":popover-open")) element.hidePopover();
    if (toasts.length > 0) element.showPopover();
  }, [toasts]);

  return (
    <div ref={layer} className="toasts" popover="manual" role="status" aria-live="polite" data-testid="toasts">
      {toasts.map((toast) => {
        const Icon = icons[toast.tone];
        return (
          <div key={toast.id} className={`toast toast-${toast.tone}`}>
            <Icon size={20} aria-hidden />
            <span>{toast.text}</span>
            {toast.action ? (
              <button
                type="button"
                className="toast-action"
                data-testid="toast-action"
                onClick={() => {
                  toast.action?.run();
                  onDismiss(toast.id);
                }}
              >
                {toast.action.label}
              </button>
            ) : null}
            <button type="button" aria-label={t("common.close")} onClick={() => onDismiss(toast.id)}>
              <X size={16} />
            </button>
          </div>
        );
      })}
    </div>
  );
}
