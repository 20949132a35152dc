import { useTranslation } from "react-i18next";
import { CodeDialog } from "./CodeDialog";
import { userLink } from "./links";

/** The card of a user as a code: who scans it may ask to be a friend. */
export function UserCodeDialog({ userId, name, onClose }: { userId: number; name: string; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <CodeDialog
      title={t("code.card")}
      link={userLink(userId)}
      label={t("code.userLabel", { name })}
      note={t("code.cardNote", { name })}
      onClose={onClose}
    />
  );
}
