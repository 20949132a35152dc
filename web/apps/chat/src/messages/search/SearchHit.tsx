import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { messagePreview } from "../../conversations/preview";
import { formatFull, formatListTime } from "../time";
import { excerpt } from "./excerpt";

interface SearchHitProps {
  message: Message;
  name: string;
  words: string;
  thumbnailUrl: string;
  onJump(mid: number): void;
}

export function SearchHit({ message, name, words, thumbnailUrl, onJump }: SearchHitProps) {
  const { t, i18n } = useTranslation();
  const text = messagePreview(message.kind, message.text || message.attachment?.name || message.attachment?.address || "", t);
  return (
    <li>
      <button type="button" className="search-hit" data-testid="search-hit" data-mid={message.mid} onClick={() => onJump(message.mid)}>
        {thumbnailUrl ? <img src={thumbnailUrl} alt="" loading="lazy" /> : null}
        <span className="search-hit-main">
          <span className="search-hit-line">
            <b className="truncate">{name}</b>
            <time dateTime={new Date(message.timestamp).toISOString()} title={formatFull(message.timestamp, i18n.language)}>
              {formatListTime(message.timestamp, i18n.language, t)}
            </time>
          </span>
          <span className="search-hit-text" dir="auto">
            {excerpt(text, words).map((part, index) => (part.isHit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>))}
          </span>
        </span>
      </button>
    </li>
  );
}
