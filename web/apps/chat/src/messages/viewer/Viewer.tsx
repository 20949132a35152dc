import { useLayoutEffect, useRef } from "react";
import { ChevronLeft, ChevronRight, Download, RotateCw, X, ZoomIn, ZoomOut } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";
import { IconButton } from "../../ui/Button";
import { downloadFile } from "../messageActions";
import { ForeignNote } from "../content/ForeignNote";
import { useForeign } from "../content/useForeign";
import { formatFull } from "../time";
import { useObjectUrl } from "../useObjectUrl";
import { useViewer } from "./useViewer";
import "./Viewer.css";

interface ViewerProps {
  images: Message[];
  startId: string;
  nameOf(userId: number): string;
  onClose(): void;
}

/** The pictures of a conversation, one at a time over the whole window. */
export function Viewer({ images, startId, nameOf, onClose }: ViewerProps) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const start = images.findIndex((one) => one.localId === startId);
  const viewer = useViewer(images.length, start);
  const image = images[viewer.index];
  const localUrl = useObjectUrl(image?.localFile);
  const url = localUrl || (image?.attachment ? client.files.urlFor(image.attachment.url) : "");
  const foreign = useForeign(localUrl ? "" : image?.attachment?.url);

  useLayoutEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  if (!image) return null;
  const name = image.attachment?.name ?? "";
  const place = t("viewer.place", { index: viewer.index + 1, count: images.length });
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
      onKeyDown={viewer.onKeyDown}
    >
      <header>
        <p>
          <b>{nameOf(image.from)}</b>
          <span>
            {formatFull(image.timestamp, i18n.language)} · <span role="status">{place}</span>
          </span>
        </p>
        <IconButton label={t("viewer.zoomOut")} data-testid="viewer-zoom-out" onClick={viewer.zoomOut}>
          <ZoomOut size={22} />
        </IconButton>
        <button type="button" className="lightbox-zoom" aria-label={t("viewer.reset")} title={t("viewer.reset")} onClick={viewer.reset}>
          {Math.round(viewer.zoom * 100)}%
        </button>
        <IconButton label={t("viewer.zoomIn")} data-testid="viewer-zoom-in" onClick={viewer.zoomIn}>
          <ZoomIn size={22} />
        </IconButton>
        <IconButton label={t("viewer.rotate")} data-testid="viewer-rotate" onClick={() => viewer.rotate()}>
          <RotateCw size={21} />
        </IconButton>
        {url ? (
          <IconButton label={t("message.download")} onClick={() => downloadFile(url, name)}>
            <Download size={22} />
          </IconButton>
        ) : null}
        <IconButton label={t("common.close")} autoFocus data-testid="lightbox-close" onClick={onClose}>
          <X size={24} />
        </IconButton>
      </header>
      <div className={`lightbox-stage ${viewer.isDragging ? "is-dragging" : ""}`} onClick={(event) => event.target === event.currentTarget && onClose()}>
        {foreign.host ? (
          <ForeignNote foreign={foreign} />
        ) : (
          <img
            key={image.localId}
            src={url}
            alt={name}
            draggable={false}
            style={{ transform: viewer.transform }}
            onDoubleClick={viewer.toggleZoom}
            {...viewer.drag}
          />
        )}
      </div>
      {viewer.index > 0 ? (
        <IconButton label={t("message.previousImage")} className="lightbox-side is-left" data-testid="viewer-previous" onClick={() => viewer.go(-1)}>
          <ChevronLeft size={28} />
        </IconButton>
      ) : null}
      {viewer.index < images.length - 1 ? (
        <IconButton label={t("message.nextImage")} className="lightbox-side is-right" data-testid="viewer-next" onClick={() => viewer.go(1)}>
          <ChevronRight size={28} />
        </IconButton>
      ) : null}
    </dialog>
  );
}
