import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { MergedItem, Message } from "@cerulean/sdk";
import { Avatar } from "../../ui/Avatar";
import { Dialog } from "../../ui/Dialog";
import { ContentActionsContext, type ContentActions } from "../content/contentActions";
import { MessageContent } from "../MessageContent";
import { formatFull } from "../time";
import { recordMessages } from "./recordMessages";
import { recordTitle } from "./recordTitle";
import "./Record.css";

interface RecordDialogProps {
  message: Message;
  openImages(images: Message[], start: Message): void;
  onClose(): void;
}

export function RecordDialog({ message, openImages, onClose }: RecordDialogProps) {
  const { t, i18n } = useTranslation();
  const messages = useMemo(() => recordMessages(message, t), [message, t]);
  const actions = useMemo<ContentActions>(
    () => ({
      openImage: (image) => openImages(messages.filter((one) => one.kind === "image"), image),
      openRecord: () => undefined,
      cancel: () => undefined,
      notePlayed: () => undefined,
    }),
    [messages, openImages],
  );
  const items = message.merged?.items ?? [];
  return (
    <Dialog title={message.merged ? recordTitle(message.merged, t) : ""} onClose={onClose} testId="record-dialog">
      <ContentActionsContext.Provider value={actions}>
        <ol className="record-list">
          {messages.map((one, index) => (
            <li key={one.localId} data-testid="record-item">
              <Avatar id={one.from} name={items[index]?.name ?? ""} size={34} />
              <div className="record-main">
                <p className="record-line">
                  <b className="truncate">{items[index]?.name}</b>
                  <time dateTime={new Date(one.timestamp).toISOString()}>{formatFull(one.timestamp, i18n.language)}</time>
                </p>
                <RecordQuote quote={items[index]?.replyTo} />
                <MessageContent message={one} />
              </div>
            </li>
          ))}
        </ol>
      </ContentActionsContext.Provider>
    </Dialog>
  );
}

/** What a message inside a record answered. It leads nowhere: the conversation it comes from may be closed to the reader. */
function RecordQuote({ quote }: { quote: MergedItem["replyTo"] }) {
  if (!quote) return null;
  return (
    <blockquote className="bubble-reply record-quote" data-testid="record-quote">
      <b className="truncate">{quote.name}</b>
      <span className="truncate">{quote.text}</span>
    </blockquote>
  );
}
