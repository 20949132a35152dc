import type { ReactNode } from "react";
import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useUi } from "../ui/UiContext";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { QrPicture } from "./QrPicture";
import "./codes.css";

interface CodeDialogProps {
  title: string;
  link: string;
  label: string;
  note: string;
  footer?: ReactNode;
  onClose(): void;
}

/** A code to scan, and the same as a link to send. */
export function CodeDialog({ title, link, label, note, footer, onClose }: CodeDialogProps) {
  const { t } = useTranslation();
  const ui = useUi();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      ui.toast(t("code.copied"), "success");
    } catch {
      // Without permission for the clipboard, the link can still be selected by hand.
      ui.toast(t("code.copyFailed"), "error");
    }
  };
  return (
    <Dialog
      title={title}
      size="small"
      testId="code-dialog"
      onClose={onClose}
      footer={
        <>
          {footer}
          <Button tone="primary" data-autofocus icon={<Copy size={18} aria-hidden />} data-testid="code-copy" onClick={() => void copy()}>
            {t("code.copy")}
          </Button>
        </>
      }
    >
      <div className="code-card">
        <QrPicture text={link} label={label} />
        <p className="form-lead">{note}</p>
        <input className="field-input code-link" readOnly value={link} aria-label={t("code.link")} data-testid="code-link" onFocus={(event) => event.target.select()} />
      </div>
    </Dialog>
  );
}
