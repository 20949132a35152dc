import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "../client/ClientContext";
import { isLine } from "../messages/rows";
import { messagePreview, spokenText } from "../conversations/preview";

interface AnnouncerProps {
  unread: number;
  openXid: number;
}

/** Reads new messages to assistive technology and keeps the unread count in the window title. */
export function NewMessageAnnouncer({ unread, openXid }: AnnouncerProps) {
  const { t } = useTranslation();
  const client = useClient();
  const [text, setText] = useState("");

  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Cerulean` : "Cerulean";
  }, [unread]);

  useEffect(
    () =>
      client.on("message", (message) => {
        if (message.isMine || isLine(message)) return;
        const isQuiet = client.conversations.find(message.xid)?.isMuted && message.xid !== openXid;
        if (!isQuiet)
          setText(t("shell.newMessage", { name: message.from === 0 ? t("conversation.system") : client.roster.nameOf(message.from), text: messagePreview(message.kind, spokenText(message), t) }));
      }),
    [client, openXid, t],
  );

  return (
    <div className="sr-only" role="log" aria-live="polite" data-testid="live-region">
      {text}
    </div>
  );
}
