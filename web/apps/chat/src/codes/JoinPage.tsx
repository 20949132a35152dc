import { useState } from "react";
import { UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { CeruleanError } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { useAsync } from "../client/useAsync";
import { groupName } from "../groups/groupName";
import { formatFull } from "../messages/time";
import { navigate } from "../shell/route";
import { Avatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";
import { readGroupCode } from "./links";

/** Where an invitation link leads: joining takes a yes, since a link may be opened without knowing what it does. */
export function JoinPage({ code }: { code: string }) {
  const { t, i18n } = useTranslation();
  const { client } = useAppContext();
  const [failed, setFailed] = useState("");
  const [isBusy, setBusy] = useState(false);
  const read = readGroupCode(code);
  const groupId = read?.groupId ?? 0;
  // The code is good or not without this; it only says where it leads.
  const { value: group } = useAsync(`join-${groupId}`, async () => (read ? client.groups.info(groupId) : undefined));
  const refusal = !read ? t("errors.bad-group-code") : read.expiresAt <= Date.now() ? t("errors.expired-group-code") : "";
  const error = refusal || failed;

  const join = async () => {
    setBusy(true);
    setFailed("");
    try {
      navigate("chats", await client.groups.codes.join(code));
    } catch (failure) {
      if (failure instanceof CeruleanError && failure.reason === "already-member") return navigate("chats", groupId);
      setFailed(errorText(failure, t));
      setBusy(false);
    }
  };

  return (
    <div className="page" data-testid="join-page">
      <EmptyState
        icon={
          group ? (
            <Avatar id={groupId} name={groupName(group)} url={client.files.avatarFor(group.avatar, { thumbnail: true })} size={64} isGroup />
          ) : (
            <UsersRound size={32} />
          )
        }
        title={group?.name ? t("code.joinNamed", { name: group.name }) : t("code.joinTitle")}
        hint={refusal ? "" : `${t("code.joinHint", { id: groupId })} ${t("code.joinUntil", { time: formatFull(read?.expiresAt ?? 0, i18n.language) })}`}
        action={
          <>
            {error ? (
              <p className="notice notice-danger" role="alert" data-testid="join-error">
                {error}
              </p>
            ) : null}
            <div className="join-actions">
              <Button data-testid="join-decline" onClick={() => navigate("chats")}>
                {t("code.notNow")}
              </Button>
              {refusal ? null : (
                <Button tone="primary" isBusy={isBusy} data-testid="join-accept" onClick={() => void join()}>
                  {t("code.join")}
                </Button>
              )}
            </div>
          </>
        }
      />
    </div>
  );
}
