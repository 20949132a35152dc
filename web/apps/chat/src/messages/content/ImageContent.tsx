import { useState } from "react";
import { ImageOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";
import { useObjectUrl } from "../useObjectUrl";
import { useContentActions } from "./contentActions";
import { fit } from "./fit";
import { ForeignNote } from "./ForeignNote";
import { isUploading, UploadCancel } from "./UploadCancel";
import { useForeign } from "./useForeign";

export function ImageContent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const client = useClient();
  const { openImage } = useContentActions();
  const localUrl = useObjectUrl(message.localFile);
  const [isBroken, setBroken] = useState(false);
  const { attachment } = message;
  const url = localUrl || (attachment ? client.files.urlFor(attachment.thumbnailUrl || attachment.url, { thumbnail: true }) : "");
  const foreign = useForeign(localUrl ? "" : attachment?.thumbnailUrl || attachment?.url);
  if (foreign.host)
    return (
      <div className="bubble-image" style={fit(attachment ?? {})} data-testid="message-image-foreign">
        <ForeignNote foreign={foreign} />
      </div>
    );
  return (
    <div className="bubble-image" style={fit(attachment ?? {})}>
      <button
        type="button"
        className="bubble-image-open"
        aria-label={t("message.openImage", { name: attachment?.name ?? "" })}
        data-testid="message-image"
        onClick={() => openImage(message)}
      >
        {isBroken || !url ? (
          <span className="bubble-image-broken">
            <ImageOff size={28} aria-hidden />
          </span>
        ) : (
          <img src={url} alt="" draggable={false} loading="lazy" onError={() => setBroken(true)} />
        )}
      </button>
      {isUploading(message) ? <UploadCancel message={message} /> : null}
    </div>
  );
}
