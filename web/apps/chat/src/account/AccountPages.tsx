import { useTranslation } from "react-i18next";
import { PageHeader } from "../shell/PageHeader";
import { DevicesPage } from "./DevicesPage";
import { PasswordPage } from "./PasswordPage";
import { PreferencesPage } from "./PreferencesPage";
import { ProfilePage } from "./ProfilePage";
import "../ui/Choice.css";
import "./account.css";

const pages = { profile: ProfilePage, preferences: PreferencesPage, password: PasswordPage, devices: DevicesPage };

export function AccountPages({ page }: { page: string }) {
  const { t } = useTranslation();
  const id = page in pages ? (page as keyof typeof pages) : "profile";
  const Page = pages[id];
  return (
    <div className="page">
      <PageHeader section="settings" title={t(`account.${id}`)} />
      <div className="page-body">
        <Page />
      </div>
    </div>
  );
}
