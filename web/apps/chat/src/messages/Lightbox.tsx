import { useLayoutEffect, useRef, useState } from "react";
import { ChevronLeft, ChevronRight, Download, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useClient } from "../client/ClientContext";
import { IconButton } from "../ui/Button";
import { downloadFile } from "./messageActions";
import { formatFull } from "./time";
import { useObjectUrl } from "./useObjectUrl";
import "./Lightbox.css";

interface LightboxProps {
  images: Message[];
  startId: string;
  nameOf(userId: number): string;
  onClose(): void;
}

export function Lightbox({ images, startId, nameOf, onClose }: LightboxProps) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [index, setIndex] = useState(() =>
    Math.max(
      0,
      images.findIndex((one) => one.localId === startId),
    ),
  );
  const [isZoomed, setZoomed] = useState(false);
  const image = images[index];
  const localUrl = useObjectUrl(image?.localFile);
  const url = localUrl || (image?.attachment ? client.files.urlFor(image.attachment.url) : "");

  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  if (!image) return null;
  const go = (step: number) => {
    setZoomed(false);
    setIndex((old) => Math.max(0, Math.min(images.length - 1, old + step)));
  };
  const name = image.attachment?.name ?? "";
  return (
    <dialog
      ref={dialog}
      className="lightbox"
      aria-label={t("message.openImage", { name })}
      data-testid="lightbox"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") go(-1);
        if (event.key === "ArrowRight") go(1);
      }}
    >
      <header>
        <p>
          <b>{nameOf(image.from)}</b>
          <span>{formatFull(image.timestamp, i18n.language)}</span>
        </p>
        <IconButton label={t("message.download")} onClick={() => downloadFile(url, name)}>
          <Download size={22} />
        </IconButton>
        <IconButton label={t("common.close")} autoFocus data-testid="lightbox-close" onClick={onClose}>
          <X size={24} />
        </IconButton>
      </header>
      <div
        className={`lightbox-stage ${isZoomed ? "is-zoomed" : ""}`}
        onClick={(event) => event.target === event.currentTarget && onClose()}
      >
        <img src={url} alt={name} onClick={() => setZoomed(!isZoomed)} />
      </div>
      {index > 0 ? (
        <IconButton label={t("message.previousImage")} className="lightbox-side is-left" onClick={() => go(-1)}>
          <ChevronLeft size={28} />
        </IconButton>
      ) : null}
      {index < images.length - 1 ? (
        <IconButton label={t("message.nextImage")} className="lightbox-side is-right" onClick={() => go(1)}>
          <ChevronRight size={28} />
        </IconButton>
      ) : null}
    </dialog>
  );
}
