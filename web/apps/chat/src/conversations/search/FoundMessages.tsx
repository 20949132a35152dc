import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationHits } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";
import { showMessage } from "../../messages/jumpRequest";
import { SearchHit } from "../../messages/search/SearchHit";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { conversationTitle } from "../conversationTitle";
import type { MessageSearch } from "./useSearchAll";
import "../../messages/search/SearchPanel.css";
import "./FoundMessages.css";

const shownAtFirst = 3;

/** Messages of all conversations that hold the words, by conversation. */
export function FoundMessages({ search, words }: { search: MessageSearch; words: string }) {
  const { t } = useTranslation();
  const { progress, isRunning, error, stop, again } = search;
  const found = progress?.found ?? [];
  const count = found.reduce((sum, { hits }) => sum + hits.length, 0);
  const part = { searched: progress?.searched ?? 0, total: progress?.total ?? 0 };
  const status = isRunning
    ? t("searchAll.running", part)
    : !progress?.isDone
      ? t("searchAll.stopped", part)
      : progress.failed > 0
        ? t("searchAll.partly", { count: progress.failed })
        : t("searchAll.done", { count });
  return (
    <section aria-label={t("searchAll.label")} data-testid="found-messages">
      <h3 className="section-title">{t("searchAll.title")}</h3>
      <p className="search-status found-status" role="status" data-testid="search-all-status">
        {isRunning ? <span className="spinner" aria-hidden /> : null}
        <span>{error || status}</span>
        {isRunning ? (
          <Button tone="ghost" data-testid="search-all-stop" onClick={stop}>
            {t("search.stop")}
          </Button>
        ) : error || !progress?.isDone || progress.failed > 0 ? (
          <Button tone="ghost" data-testid="search-all-again" onClick={again}>
            {t("searchAll.again")}
          </Button>
        ) : null}
      </p>
      {found.map((one) => (
        <FoundConversation key={one.xid} found={one} words={words} />
      ))}
    </section>
  );
}

function FoundConversation({ found: { xid, hits, hasMore }, words }: { found: ConversationHits; words: string }) {
  const { t } = useTranslation();
  const client = useClient();
  const [isOpen, setOpen] = useState(false);
  const conversation = client.conversations.find(xid);
  const title = conversationTitle(conversation ?? { name: "", kind: "user", xid }, client);
  const nameOf = (userId: number) => {
    if (userId === 0) return title;
    return userId === client.me?.userId ? t("common.you") : client.roster.nameOf(userId);
  };
  const shown = isOpen ? hits : hits.slice(0, shownAtFirst);
  return (
    <div className="found-conversation" data-testid="found-conversation" data-xid={xid}>
      <h4 className="found-title">
        <Avatar id={xid} name={title} url={client.files.avatarFor(conversation?.avatar ?? "", { thumbnail: true })} isGroup={conversation?.kind === "group"} isSystem={xid === 0} size={24} />
        <span className="truncate">{title}</span>
        <span className="found-count">{hasMore ? `${hits.length}+` : hits.length}</span>
      </h4>
      <ul aria-label={title}>
        {shown.map((hit) => (
          <SearchHit
            key={hit.mid}
            message={hit}
            name={nameOf(hit.from)}
            words={words}
            thumbnailUrl={hit.kind === "image" && hit.attachment ? client.files.avatarFor(hit.attachment.url, { thumbnail: true }) : ""}
            onJump={(mid) => showMessage(xid, mid)}
          />
        ))}
        {hits.length > shown.length ? (
          <li>
            <button type="button" className="found-more" data-testid="found-more" onClick={() => setOpen(true)}>
              {t("searchAll.more", { count: hits.length - shown.length })}
            </button>
          </li>
        ) : null}
      </ul>
    </div>
  );
}
