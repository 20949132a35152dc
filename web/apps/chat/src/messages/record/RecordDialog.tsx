import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { Avatar } from "../../ui/Avatar";
import { Dialog } from "../../ui/Dialog";
import { ContentActionsContext, type ContentActions } from "../content/contentActions";
import { MessageContent } from "../MessageContent";
import { formatFull } from "../time";
import { recordMessages } from "./recordMessages";
import "./Record.css";

interface RecordDialogProps {
  message: Message;
  openImages(images: Message[], start: Message): void;
  onClose(): void;
}

export function RecordDialog({ message, openImages, onClose }: RecordDialogProps) {
  const { t, i18n } = useTranslation();
  const messages = useMemo(() => recordMessages(message), [message]);
  const actions = useMemo<ContentActions>(
    () => ({
      openImage: (image) => openImages(messages.filter((one) => one.kind === "image"), image),
      openRecord: () => undefined,
      cancel: () => undefined,
      notePlayed: () => undefined,
    }),
    [messages, openImages],
  );
  const names = message.merged?.items.map((item) => item.name) ?? [];
  return (
    <Dialog title={message.merged?.title || t("record.title")} onClose={onClose} testId="record-dialog">
      <ContentActionsContext.Provider value={actions}>
        <ol className="record-list">
          {messages.map((one, index) => (
            <li key={one.localId} data-testid="record-item">
              <Avatar id={one.from} name={names[index] ?? ""} size={34} />
              <div className="record-main">
                <p className="record-line">
                  <b className="truncate">{names[index]}</b>
                  <time dateTime={new Date(one.timestamp).toISOString()}>{formatFull(one.timestamp, i18n.language)}</time>
                </p>
                <MessageContent message={one} />
              </div>
            </li>
          ))}
        </ol>
      </ContentActionsContext.Provider>
    </Dialog>
  );
}
