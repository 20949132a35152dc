import { useState } from "react";
import { File as FileIcon, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { formatSize } from "../messages/time";
import { useObjectUrl } from "../messages/useObjectUrl";
import { Button, IconButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import "./AttachDialog.css";

interface AttachDialogProps {
  files: File[];
  onSend(files: File[]): void;
  onClose(): void;
}

/** A last look at what is about to be sent. */
export function AttachDialog({ files, onSend, onClose }: AttachDialogProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(files);
  const drop = (file: File) => {
    const rest = chosen.filter((one) => one !== file);
    if (rest.length === 0) onClose();
    else setChosen(rest);
  };
  return (
    <Dialog
      title={t("composer.sendFiles", { count: chosen.length })}
      onClose={onClose}
      testId="attach-dialog"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            tone="primary"
            data-autofocus
            data-testid="attach-send"
            onClick={() => {
              onClose();
              onSend(chosen);
            }}
          >
            {t("composer.send")}
          </Button>
        </>
      }
    >
      <ul className="attach-list">
        {chosen.map((file) => (
          <AttachRow
            key={`${file.name}-${file.size}-${file.lastModified}`}
            file={file}
            isAlone={chosen.length === 1}
            onDrop={() => drop(file)}
          />
        ))}
      </ul>
    </Dialog>
  );
}

function AttachRow({ file, isAlone, onDrop }: { file: File; isAlone: boolean; onDrop(): void }) {
  const { t } = useTranslation();
  const isImage = file.type.startsWith("image/");
  const url = useObjectUrl(isImage ? file : undefined);
  return (
    <li className={`attach-row ${isImage && isAlone ? "is-large" : ""}`}>
      <span className="attach-thumb" aria-hidden>
        {isImage && url ? <img src={url} alt="" /> : <FileIcon size={24} />}
      </span>
      <span className="file-text">
        <span className="file-name">{file.name}</span>
        <span className="file-size">{formatSize(file.size)}</span>
      </span>
      <IconButton label={t("composer.removeFile", { name: file.name })} onClick={onDrop}>
        <X size={18} />
      </IconButton>
    </li>
  );
}
