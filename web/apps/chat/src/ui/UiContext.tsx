import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import { ChoiceDialog, type ChoiceRequest } from "./ChoiceDialog";
import { ConfirmDialog, type ConfirmRequest } from "./ConfirmDialog";
import { PromptDialog, type PromptRequest } from "./PromptDialog";
import { Toasts, type Toast, type ToastAction, type ToastTone } from "./Toasts";

/** What any feature may ask of the window around it. */
export interface Ui {
  toast(text: string, tone?: ToastTone, action?: ToastAction): void;
  confirm(request: ConfirmRequest): Promise<boolean>;
  prompt(request: PromptRequest): Promise<string | null>;
  choose(request: ChoiceRequest): Promise<string | null>;
  show(render: (close: () => void) => ReactNode): void;
}

const UiContext = createContext<Ui | null>(null);

export function useUi(): Ui {
  const ui = useContext(UiContext);
  if (!ui) throw new Error("useUi needs a UiProvider above it");
  return ui;
}

interface OpenDialog {
  id: number;
  node: ReactNode;
}

export const toastLifetimeMs = 5000;

export function UiProvider({ children }: { children: ReactNode }) {
  const nextId = useRef(1);
  const [toasts, setToasts] = useState<Toast[]>([]);
  const [dialogs, setDialogs] = useState<OpenDialog[]>([]);

  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);

  const ui = useMemo<Ui>(() => {
    const show: Ui["show"] = (render) => {
      const id = nextId.current++;
      const close = () => setDialogs((all) => all.filter((dialog) => dialog.id !== id));
      setDialogs((all) => [...all, { id, node: render(close) }]);
    };
    return {
      show,
      toast(text, tone = "info", action) {
        const id = nextId.current++;
        setToasts((all) => [...all.slice(-3), { id, text, tone, action }]);
        setTimeout(() => dismiss(id), toastLifetimeMs);
      },
      confirm: (request) =>
        new Promise((resolve) => {
          show((close) => (
            <ConfirmDialog
              {...request}
              onAnswer={(answer) => {
                close();
                resolve(answer);
              }}
            />
          ));
        }),
      prompt: (request) =>
        new Promise((resolve) => {
          show((close) => (
            <PromptDialog
              {...request}
              onAnswer={(answer) => {
                close();
                resolve(answer);
              }}
            />
          ));
        }),
      choose: (request) =>
        new Promise((resolve) => {
          show((close) => (
            <ChoiceDialog
              {...request}
              onAnswer={(answer) => {
                close();
                resolve(answer);
              }}
            />
          ));
        }),
    };
  }, [dismiss]);

  return (
    <UiContext.Provider value={ui}>
      {children}
      {dialogs.map((dialog) => (
        <div key={dialog.id} className="dialog-slot">
          {dialog.node}
        </div>
      ))}
      <Toasts toasts={toasts} onDismiss={dismiss} />
    </UiContext.Provider>
  );
}
