import { ArrowLeft, Info, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { navigate } from "../shell/route";
import { Avatar } from "../ui/Avatar";
import { IconButton } from "../ui/Button";
import "./ConversationHeader.css";

export interface ConversationHeaderProps {
  xid: number;
  title: string;
  subtitle: string;
  avatarUrl: string;
  isGroup: boolean;
  isOnline: boolean;
  isDetailsOpen: boolean;
  onToggleDetails(): void;
  isSearchOpen: boolean;
  onToggleSearch(): void;
}

export function ConversationHeader(props: ConversationHeaderProps) {
  const { xid, title, subtitle, avatarUrl, isGroup, isOnline, isDetailsOpen, onToggleDetails, isSearchOpen, onToggleSearch } = props;
  const { t } = useTranslation();
  return (
    <header className="conversation-header">
      <IconButton label={t("common.back")} className="only-phone" data-testid="back" onClick={() => navigate("chats")}>
        <ArrowLeft size={22} />
      </IconButton>
      <button
        type="button"
        className="conversation-head"
        aria-expanded={isDetailsOpen}
        aria-label={xid === 0 ? title : t("details.openFor", { name: title })}
        disabled={xid === 0}
        onClick={onToggleDetails}
      >
        <Avatar id={xid} name={title} url={avatarUrl} size={42} isGroup={isGroup} isSystem={xid === 0} isOnline={isOnline} />
        <span className="conversation-head-text">
          <span className="conversation-head-title truncate" role="heading" aria-level={2} data-testid="conversation-title">
            {title}
          </span>
          <span className="conversation-head-subtitle truncate" data-testid="conversation-subtitle">
            {subtitle}
          </span>
        </span>
      </button>
      <IconButton
        label={t("search.title")}
        isActive={isSearchOpen}
        aria-expanded={isSearchOpen}
        data-testid="open-search"
        onClick={onToggleSearch}
      >
        <Search size={21} />
      </IconButton>
      {xid === 0 ? null : (
        <IconButton
          label={t("details.title")}
          isActive={isDetailsOpen}
          aria-expanded={isDetailsOpen}
          data-testid="open-details"
          onClick={onToggleDetails}
        >
          <Info size={22} />
        </IconButton>
      )}
    </header>
  );
}
