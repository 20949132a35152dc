import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useContentActions } from "./contentActions";
import { ProgressRing } from "./ProgressRing";

/** Whether a file is still on its way to the server. */
export function isUploading({ mid, status, attachment }: Message): boolean {
  return mid === 0 && (status === "sending" || status === "queued") && attachment !== undefined && attachment.latitude === undefined;
}

/** Progress of an upload, and the way to stop it. */
export function UploadCancel({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { cancel } = useContentActions();
  return (
    <button
      type="button"
      className="upload-cancel"
      aria-label={t("message.cancelUpload", { name: message.attachment?.name ?? "" })}
      title={t("common.cancel")}
      data-testid="upload-cancel"
      onClick={(event) => {
        event.stopPropagation();
        cancel(message);
      }}
    >
      <ProgressRing fraction={message.progress ?? 0} />
      <X size={18} aria-hidden />
    </button>
  );
}
