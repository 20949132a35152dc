import { useState } from "react";
import { Download, FileText, ImageOff, MapPin } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Attachment, Message } from "@cerulean/sdk";
import { useClient } from "../client/ClientContext";
import { isOnlyEmoji, RichText } from "./RichText";
import { formatSize } from "./time";
import { useObjectUrl } from "./useObjectUrl";
import "./MessageContent.css";

interface ContentProps {
  message: Message;
  onOpenImage(message: Message): void;
}

export function MessageContent({ message, onOpenImage }: ContentProps) {
  switch (message.kind) {
    case "image":
      return <ImageContent message={message} onOpenImage={onOpenImage} />;
    case "audio":
    case "video":
      return <MediaContent message={message} />;
    case "file":
      return <FileContent message={message} />;
    case "location":
      return <LocationContent message={message} />;
    default:
      return <TextContent message={message} />;
  }
}

function TextContent({ message: { text, mentions } }: { message: Message }) {
  const client = useClient();
  const mentioned = mentions?.userIds.map((id) => client.roster.nameOf(id));
  return (
    <div className={`bubble-text ${isOnlyEmoji(text) ? "is-emoji" : ""}`} dir="auto" data-testid="message-text">
      <RichText text={text} mentioned={mentioned} />
    </div>
  );
}

const maxWidth = 320;
const maxHeight = 360;
const minSide = 120;

/** The room a picture gets before it has loaded, so that nothing jumps. */
function fit({ width, height }: Partial<Pick<Attachment, "width" | "height">>): { width: number; aspectRatio: string } {
  if (!width || !height) return { width: 260, aspectRatio: "4 / 3" };
  const scale = Math.min(maxWidth / width, maxHeight / height, 1);
  const shownWidth = Math.max(minSide, width * scale);
  return { width: shownWidth, aspectRatio: `${shownWidth} / ${Math.max(minSide, height * scale)}` };
}

function ImageContent({ message, onOpenImage }: ContentProps) {
  const { t } = useTranslation();
  const client = useClient();
  const localUrl = useObjectUrl(message.localFile);
  const [isBroken, setBroken] = useState(false);
  const { attachment, progress } = message;
  const url = localUrl || (attachment ? client.files.urlFor(attachment.thumbnailUrl || attachment.url, { thumbnail: true }) : "");
  const isSending = progress !== undefined && progress < 1;
  return (
    <button
      type="button"
      className="bubble-image"
      style={fit(attachment ?? {})}
      aria-label={t("message.openImage", { name: attachment?.name ?? "" })}
      data-testid="message-image"
      onClick={() => onOpenImage(message)}
    >
      {isBroken || !url ? (
        <span className="bubble-image-broken">
          <ImageOff size={28} aria-hidden />
        </span>
      ) : (
        <img src={url} alt="" draggable={false} loading="lazy" onError={() => setBroken(true)} />
      )}
      {isSending ? <ProgressRing fraction={progress} /> : null}
    </button>
  );
}

function FileContent({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const { attachment, progress } = message;
  const name = attachment?.name || t("kind.file");
  const isSending = progress !== undefined && progress < 1;
  const size = formatSize(attachment?.size ?? 0);
  const extension = /\.([\p{L}\p{N}]{1,5})$/u.exec(name)?.[1];
  const body = (
    <>
      <span className="file-icon" aria-hidden>
        {isSending ? (
          <ProgressRing fraction={progress} />
        ) : extension ? (
          <b>{extension.toLocaleUpperCase(i18n.language)}</b>
        ) : (
          <FileText size={22} />
        )}
      </span>
      <span className="file-text">
        <span className="file-name">{name}</span>
        <span className="file-size">{isSending ? t("message.uploading", { percent: Math.round(progress * 100) }) : size}</span>
      </span>
    </>
  );
  if (isSending || !attachment?.url || message.mid === 0)
    return (
      <span className="bubble-file" data-testid="message-file">
        {body}
      </span>
    );
  return (
    <a
      className="bubble-file"
      href={client.files.urlFor(attachment.url)}
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

function MediaContent({ message }: { message: Message }) {
  const client = useClient();
  const localUrl = useObjectUrl(message.localFile);
  const url = localUrl || (message.attachment ? client.files.urlFor(message.attachment.url) : "");
  const name = message.attachment?.name ?? "";
  return message.kind === "video" ? (
    <video className="bubble-video" src={url} controls preload="metadata" aria-label={name} />
  ) : (
    <audio className="bubble-audio" src={url} controls preload="metadata" aria-label={name} />
  );
}

function LocationContent({ message }: { message: Message }) {
  return (
    <div className="bubble-file">
      <span className="file-icon" aria-hidden>
        <MapPin size={22} />
      </span>
      <span className="file-text">{message.attachment?.address || message.text}</span>
    </div>
  );
}

function ProgressRing({ fraction }: { fraction: number }) {
  const { t } = useTranslation();
  const length = 2 * Math.PI * 17;
  const percent = Math.round(fraction * 100);
  return (
    <svg
      className="progress-ring"
      viewBox="0 0 40 40"
      role="progressbar"
      aria-label={t("message.upload")}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <circle cx="20" cy="20" r="17" />
      <circle
        cx="20"
        cy="20"
        r="17"
        className="progress-ring-done"
        strokeDasharray={length}
        strokeDashoffset={length * (1 - Math.max(0.04, fraction))}
      />
    </svg>
  );
}
