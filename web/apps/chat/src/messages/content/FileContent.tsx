import { Download, FileText } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";
import { formatSize } from "../time";
import { isUploading, UploadCancel } from "./UploadCancel";

export function FileContent({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const { attachment, progress = 0 } = message;
  const name = attachment?.name || t("kind.file");
  const isSending = isUploading(message);
  const size = formatSize(attachment?.size ?? 0);
  const extension = /\.([\p{L}\p{N}]{1,5})$/u.exec(name)?.[1];
  const host = client.files.foreignHost(attachment?.url ?? "");
  const state = message.status === "queued" ? t("status.queued") : t("message.uploading", { percent: Math.round(progress * 100) });
  const body = (
    <>
      <span className="file-icon" aria-hidden={!isSending}>
        {isSending ? (
          <UploadCancel message={message} />
        ) : extension ? (
          <b>{extension.toLocaleUpperCase(i18n.language)}</b>
        ) : (
          <FileText size={22} />
        )}
      </span>
      <span className="file-text">
        <span className="file-name">{name}</span>
        <span className="file-size">{[size, isSending ? state : "", host ? t("message.fromHost", { host }) : ""].filter(Boolean).join(" · ")}</span>
      </span>
    </>
  );
  const url = client.files.urlFor(attachment?.url ?? "");
  if (!url || message.mid === 0)
    return (
      <span className="bubble-file" data-testid="message-file">
        {body}
      </span>
    );
  return (
    <a
      className="bubble-file"
      href={url}
      download={name}
      rel="noopener"
      aria-label={t("message.downloadNamed", { name, size })}
      data-testid="message-file"
    >
      {body}
      <Download size={19} aria-hidden />
    </a>
  );
}
