import { useTranslation } from "react-i18next";
import { PageHeader } from "../shell/PageHeader";
import { DevicesPage } from "./DevicesPage";
import { NotificationsPage } from "./NotificationsPage";
import { PasswordPage } from "./PasswordPage";
import { PreferencesPage } from "./PreferencesPage";
import { PrivacyPage } from "./PrivacyPage";
import { ProfilePage } from "./ProfilePage";
import { RemovePage } from "./RemovePage";
import "../ui/Choice.css";
import "./account.css";

const pages = {
  profile: ProfilePage,
  notifications: NotificationsPage,
  privacy: PrivacyPage,
  preferences: PreferencesPage,
  password: PasswordPage,
  devices: DevicesPage,
  remove: RemovePage,
};

const titles: Record<keyof typeof pages, string> = {
  profile: "account.profile",
  notifications: "notify.title",
  privacy: "privacy.title",
  preferences: "account.preferences",
  password: "account.password",
  devices: "account.devices",
  remove: "remove.page",
};

export function AccountPages({ page }: { page: string }) {
  const { t } = useTranslation();
  const id = page in pages ? (page as keyof typeof pages) : "profile";
  const Page = pages[id];
  return (
    <div className="page">
      <PageHeader section="settings" title={t(titles[id])} />
      <div className="page-body">
        <Page />
      </div>
    </div>
  );
}
