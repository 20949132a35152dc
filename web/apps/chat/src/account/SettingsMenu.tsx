import { Bell, KeyRound, LogOut, MonitorSmartphone, Palette, QrCode, ShieldCheck, UserRound, UserX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAppContext, useLive } from "../client/ClientContext";
import { formatRoute, navigate } from "../shell/route";
import { UserCodeDialog } from "../codes/UserCodeDialog";
import { Avatar } from "../ui/Avatar";
import { IconButton } from "../ui/Button";
import { moveFocus } from "../ui/moveFocus";
import "./account.css";

const pages = [
  { id: "profile", title: "account.profile", icon: UserRound },
  { id: "notifications", title: "notify.title", icon: Bell },
  { id: "privacy", title: "privacy.title", icon: ShieldCheck },
  { id: "preferences", title: "account.preferences", icon: Palette },
  { id: "password", title: "account.password", icon: KeyRound },
  { id: "devices", title: "account.devices", icon: MonitorSmartphone },
  { id: "remove", title: "remove.page", icon: UserX },
] as const;

export function SettingsMenu({ selected }: { selected: string | null }) {
  const { t } = useTranslation();
  const { client, ui, guard } = useAppContext();
  const me = useLive(["account"], () => client.me);

  const signOut = () =>
    guard(async () => {
      const isSure = await ui.confirm({
        title: t("account.signOutTitle"),
        body: t("account.signOutBody"),
        confirmLabel: t("account.signOut"),
      });
      if (!isSure) return;
      navigate("chats");
      await client.signOut();
    });

  return (
    <>
      <header className="pane-header">
        <h2 className="pane-title">{t("nav.settings")}</h2>
      </header>
      <div className="pane-scroll">
        {me ? (
          <div className="settings-me">
            <Avatar id={me.userId} name={me.displayName} url={client.files.avatarFor(me.avatar, { thumbnail: true })} size={60} />
            <div className="settings-me-text">
              <p className="conversation-title" data-testid="my-name">
                {me.displayName}
              </p>
              <p className="contact-note">
                @{me.username} · ID <span data-testid="my-id">{me.userId}</span>
              </p>
            </div>
            <IconButton
              label={t("code.card")}
              data-testid="my-code"
              onClick={() => ui.show((close) => <UserCodeDialog userId={me.userId} name={me.displayName} onClose={close} />)}
            >
              <QrCode size={21} />
            </IconButton>
          </div>
        ) : null}
        <ul className="settings-menu" onKeyDown={moveFocus}>
          {pages.map(({ id, title, icon: Icon }) => (
            <li key={id}>
              <a
                className={`settings-link ${selected === id ? "is-selected" : ""}`}
                href={formatRoute({ section: "settings", item: id })}
                aria-current={selected === id ? "page" : undefined}
                data-testid={`settings-${id}`}
              >
                <Icon size={21} aria-hidden />
                {t(title)}
              </a>
            </li>
          ))}
          <li>
            <button type="button" className="settings-link is-danger" data-testid="sign-out" onClick={signOut}>
              <LogOut size={21} aria-hidden />
              {t("account.signOut")}
            </button>
          </li>
        </ul>
      </div>
    </>
  );
}
