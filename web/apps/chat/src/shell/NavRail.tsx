import { MessageCircle, Settings, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient, useLive } from "../client/ClientContext";
import { Avatar } from "../ui/Avatar";
import { Logo } from "../ui/Logo";
import { formatRoute, type Section } from "./route";

interface NavRailProps {
  section: Section;
  unread: number;
  requests: number;
}

const entries = [
  { section: "chats", icon: MessageCircle },
  { section: "contacts", icon: UsersRound },
  { section: "settings", icon: Settings },
] as const;

export function NavRail({ section, unread, requests }: NavRailProps) {
  const { t } = useTranslation();
  const client = useClient();
  const me = useLive(["account", "state"], () => client.me);
  const counts: Partial<Record<Section, number>> = { chats: unread, contacts: requests };
  return (
    <nav className="rail" aria-label={t("nav.main")}>
      <span className="rail-logo">
        <Logo size={38} />
      </span>
      {entries.map(({ section: target, icon: Icon }) => {
        const count = counts[target] ?? 0;
        return (
          <a
            key={target}
            className={`rail-link ${section === target ? "is-active" : ""}`}
            href={formatRoute({ section: target, item: null })}
            aria-current={section === target ? "page" : undefined}
            data-testid={`nav-${target}`}
          >
            <span className="rail-icon">
              <Icon size={23} aria-hidden />
              {count > 0 ? (
                <span className="icon-button-badge" data-testid={`nav-${target}-badge`}>
                  {count > 99 ? "99+" : count}
                </span>
              ) : null}
            </span>
            <span className="rail-label">{t(`nav.${target}`)}</span>
          </a>
        );
      })}
      {me ? (
        <a
          className="rail-me"
          href={formatRoute({ section: "settings", item: "profile" })}
          aria-label={t("account.profile")}
          title={me.displayName}
          data-testid="nav-me"
        >
          <Avatar id={me.userId} name={me.displayName} url={client.files.avatarFor(me.avatar, { thumbnail: true })} size={38} />
        </a>
      ) : null}
    </nav>
  );
}
