import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MergedRecord, Message } from "@cerulean/sdk";
import { messagePreview } from "../../conversations/preview";
import { useContentActions } from "../content/contentActions";
import { recordTitle } from "./recordTitle";

const shownItems = 4;

/** Several messages forwarded as one: the first lines, the rest on a click. */
export function MergedContent({ message, record }: { message: Message; record: MergedRecord }) {
  const { t } = useTranslation();
  const { openRecord } = useContentActions();
  const { items } = record;
  return (
    <button type="button" className="bubble-record" data-testid="message-record" onClick={() => openRecord(message)}>
      <b className="truncate">{recordTitle(record, t)}</b>
      {items.slice(0, shownItems).map((item, index) => (
        <span key={index} className="truncate">
          {item.name}: {messagePreview(item.kind, item.attachment?.name || item.text, t)}
        </span>
      ))}
      <span className="record-more">
        {t("record.open", { count: items.length })}
        <ChevronRight size={15} aria-hidden />
      </span>
    </button>
  );
}
