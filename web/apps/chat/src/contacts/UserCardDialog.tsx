import { useTranslation } from "react-i18next";
import { Dialog } from "../ui/Dialog";
import { UserCard } from "./UserCard";

export function UserCardDialog({ userId, onClose }: { userId: number; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("friend.card")} size="small" onClose={onClose} testId="user-card-dialog">
      <UserCard userId={userId} onActed={onClose} />
    </Dialog>
  );
}
