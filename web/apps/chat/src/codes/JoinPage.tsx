import { useState } from "react";
import { UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { CeruleanError } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { navigate } from "../shell/route";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";

/** Where an invitation link leads: joining takes a yes, since a link may be opened without knowing what it does. */
export function JoinPage({ code }: { code: string }) {
  const { t } = useTranslation();
  const { client } = useAppContext();
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const groupId = Number(code.split(".")[0]);

  const join = async () => {
    setBusy(true);
    setError("");
    try {
      navigate("chats", await client.groups.codes.join(code));
    } catch (failure) {
      if (failure instanceof CeruleanError && failure.reason === "already-member") return navigate("chats", groupId);
      setError(errorText(failure, t));
      setBusy(false);
    }
  };

  return (
    <div className="page" data-testid="join-page">
      <EmptyState
        icon={<UsersRound size={32} />}
        title={t("code.joinTitle")}
        hint={t("code.joinHint", { id: code.split(".")[0] })}
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
              <Button tone="primary" isBusy={isBusy} data-testid="join-accept" onClick={() => void join()}>
                {t("code.join")}
              </Button>
            </div>
          </>
        }
      />
    </div>
  );
}
