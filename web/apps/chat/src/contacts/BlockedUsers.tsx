import { useTranslation } from "react-i18next";
import { useAppContext } from "../client/ClientContext";
import { Avatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { ContactRow } from "./ContactRow";
import { useBlocked } from "./useBlocked";

export function BlockedUsers() {
  const { t } = useTranslation();
  const { client, guard } = useAppContext();
  const blocked = useBlocked();
  if (blocked.length === 0) return <p className="contact-note">{t("privacy.nobodyBlocked")}</p>;
  return (
    <ul>
      {blocked.map((user) => (
        <li key={user.userId} className="request-row" data-testid="privacy-blocked">
          <Avatar id={user.userId} name={user.displayName} url={client.files.avatarFor(user.avatar, { thumbnail: true })} size={42} />
          <ContactRow name={user.displayName} note={`@${user.username}`} />
          <Button
            aria-label={t("groupBlock.unblockNamed", { name: user.displayName })}
            data-testid="privacy-unblock"
            onClick={() => guard(() => client.roster.unblock(user.userId))}
          >
            {t("friend.unblock")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
