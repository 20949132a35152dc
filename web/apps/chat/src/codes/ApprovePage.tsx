import { useState } from "react";
import { MonitorSmartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { describeDevice } from "../account/describeDevice";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { useAsync } from "../client/useAsync";
import { PageHeader } from "../shell/PageHeader";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";
import { SkeletonRows } from "../ui/Skeleton";
import "./codes.css";

const webPlatform = 6;

type Answer = "confirmed" | "refused";

/** Asks whether a browser that shows a sign-in code may come in; who asks, and from where, is shown first. */
export function ApprovePage({ code }: { code: string }) {
  const { t } = useTranslation();
  const { client, ui } = useAppContext();
  const { value: asked, error } = useAsync(code, () => client.account.scanSignIn(code));
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isBusy, setBusy] = useState(false);

  const give = async (chosen: Answer) => {
    setBusy(true);
    try {
      await (chosen === "confirmed" ? client.account.confirmSignIn(code) : client.account.refuseSignIn(code));
      setAnswer(chosen);
    } catch (failure) {
      ui.toast(errorText(failure, t), "error");
    }
    setBusy(false);
  };

  return (
    <div className="page" data-testid="approve-page">
      <PageHeader section="settings" title={t("approve.title")} />
      <div className="page-body">
        <div className="card">
          {!asked && !error ? <SkeletonRows count={2} /> : null}
          {error ? <EmptyState icon={<MonitorSmartphone size={30} />} title={t("approve.gone")} /> : null}
          {answer ? (
            <p className="form-lead" role="status" data-testid="approve-answer">
              {t(`approve.${answer}`)}
            </p>
          ) : null}
          {asked && !answer ? (
            <>
              <p className="form-lead">{t("approve.body")}</p>
              <dl className="approve-facts">
                <dt>{t("approve.device")}</dt>
                <dd>{describeDevice({ platform: webPlatform, userAgent: asked.userAgent }, t).name}</dd>
                <dt>{t("approve.address")}</dt>
                <dd>{asked.address || t("approve.addressUnknown")}</dd>
              </dl>
              <div className="form-end join-actions">
                <Button disabled={isBusy} data-testid="approve-refuse" onClick={() => void give("refused")}>
                  {t("approve.refuse")}
                </Button>
                <Button tone="primary" isBusy={isBusy} data-testid="approve-confirm" onClick={() => void give("confirmed")}>
                  {t("approve.confirm")}
                </Button>
              </div>
            </>
          ) : null}
        </div>
      </div>
    </div>
  );
}
