import { UserCard } from "./UserCard";
import { PageHeader } from "../shell/PageHeader";
import { useTranslation } from "react-i18next";

export function UserPage({ userId }: { userId: number }) {
  const { t } = useTranslation();
  return (
    <div className="page">
      <PageHeader section="contacts" title={t("friend.card")} />
      <div className="page-body">
        <div className="card">
          <UserCard userId={userId} />
        </div>
      </div>
    </div>
  );
}
