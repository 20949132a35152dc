import { SearchX, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient } from "../../client/ClientContext";
import { Button, IconButton } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { moveFocus } from "../../ui/moveFocus";
import { SearchInput } from "../../ui/SearchInput";
import { formatDay } from "../time";
import { SearchHit } from "./SearchHit";
import { useMessageSearch, type SearchScope } from "./useMessageSearch";
import "./SearchPanel.css";

interface SearchPanelProps {
  xid: number;
  nameOf(userId: number): string;
  onJump(mid: number): void;
  onClose(): void;
}

const scopes: readonly SearchScope[] = ["all", "media", "files"];

export function SearchPanel({ xid, nameOf, onJump, onClose }: SearchPanelProps) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const search = useMessageSearch(xid);
  const { progress, isRunning, error } = search;
  const hits = progress?.hits ?? [];
  const reached = progress?.reachedAt ? formatDay(progress.reachedAt, i18n.language, t) : "";
  const statusOf = () => {
    const count = hits.length;
    if (isRunning) return t("search.running", { count, day: reached || t("time.today") });
    if (!progress) return t("search.hint");
    if (progress.isLimited) return t("search.limited", { count, day: formatDay(hits.at(-1)?.timestamp ?? 0, i18n.language, t) });
    return progress.isDone ? t("search.done", { count }) : t("search.stopped", { count, day: reached || t("time.today") });
  };
  return (
    <aside className="search-panel" aria-label={t("search.title")} data-testid="search-panel">
      <header className="search-header">
        <h2>{t("search.title")}</h2>
        <IconButton label={t("common.close")} data-testid="search-close" onClick={onClose}>
          <X size={20} />
        </IconButton>
      </header>
      <div className="search-form">
        <SearchInput label={t("search.label")} value={search.text} onChange={search.setText} testId="message-search" autoFocus />
        <div className="search-scopes" role="radiogroup" aria-label={t("search.scope")}>
          {scopes.map((scope) => (
            <button
              key={scope}
              type="button"
              role="radio"
              aria-checked={search.scope === scope}
              data-testid={`search-scope-${scope}`}
              onClick={() => search.setScope(scope)}
            >
              {t(`search.scopes.${scope}`)}
            </button>
          ))}
        </div>
        <p className="search-status" role="status" data-testid="search-status">
          {isRunning ? <span className="spinner" aria-hidden /> : null}
          <span>{error || statusOf()}</span>
          {isRunning ? (
            <Button tone="ghost" data-testid="search-stop" onClick={search.stop}>
              {t("search.stop")}
            </Button>
          ) : null}
        </p>
      </div>
      {progress?.isDone && hits.length === 0 ? (
        <EmptyState icon={<SearchX size={28} />} title={t("conversation.nothingFound")} hint={t("conversation.nothingFoundHint")} />
      ) : (
        <ul className="search-hits" onKeyDown={moveFocus}>
          {hits.map((hit) => (
            <SearchHit
              key={hit.mid}
              message={hit}
              name={nameOf(hit.from)}
              words={search.text}
              thumbnailUrl={hit.kind === "image" && hit.attachment ? client.files.avatarFor(hit.attachment.url, { thumbnail: true }) : ""}
              onJump={onJump}
            />
          ))}
          {progress?.isLimited && !isRunning ? (
            <li>
              <Button tone="ghost" data-testid="search-more" onClick={search.more}>
                {t("search.goOn")}
              </Button>
            </li>
          ) : null}
        </ul>
      )}
    </aside>
  );
}
