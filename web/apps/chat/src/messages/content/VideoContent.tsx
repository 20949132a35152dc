import { useRef, useState } from "react";
import { Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";
import { formatDuration } from "../time";
import { useObjectUrl } from "../useObjectUrl";
import { fit } from "./fit";
import { isUploading, UploadCancel } from "./UploadCancel";

/** A still with a play button; the video itself is fetched only when it is played. */
export function VideoContent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const client = useClient();
  const localUrl = useObjectUrl(message.localFile);
  const video = useRef<HTMLVideoElement>(null);
  const [isStarted, setStarted] = useState(false);
  const { attachment } = message;
  const url = localUrl || (attachment ? client.files.urlFor(attachment.url) : "");
  // Nothing of another server is fetched before it is played.
  const host = localUrl ? "" : client.files.foreignHost(attachment?.url ?? "");
  const poster = attachment?.thumbnailUrl ? client.files.avatarFor(attachment.thumbnailUrl, { thumbnail: true }) : "";
  const name = attachment?.name ?? t("kind.video");
  return (
    <div className="bubble-video" style={fit(attachment ?? {})} data-testid="message-video">
      <video
        ref={video}
        src={url}
        poster={poster || undefined}
        controls={isStarted}
        playsInline
        preload={poster || host ? "none" : "metadata"}
        aria-label={name}
        onPlay={() => setStarted(true)}
      />
      {isStarted || isUploading(message) ? null : (
        <button
          type="button"
          className="bubble-video-play"
          aria-label={t("message.playVideo", { name })}
          data-testid="video-play"
          onClick={() => {
            setStarted(true);
            void video.current?.play().catch(() => setStarted(true));
          }}
        >
          <Play size={28} aria-hidden fill="currentColor" />
        </button>
      )}
      {host && !isStarted ? <span className="bubble-video-host">{t("message.fromHost", { host })}</span> : null}
      {attachment?.duration && !isStarted ? <span className="bubble-video-time">{formatDuration(attachment.duration)}</span> : null}
      {isUploading(message) ? <UploadCancel message={message} /> : null}
    </div>
  );
}
