import { useState } from "react";
import { ShieldAlert, ShieldCheck, ShieldQuestion } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ChainReport } from "@cerulean/sdk";
import { useClient } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { Button } from "../ui/Button";

type Outcome = { kind: "idle" } | { kind: "busy" } | { kind: "done"; report: ChainReport } | { kind: "failed"; text: string };

/** Recomputes the hash chain of the conversation in this browser and says plainly what came out. */
export function VerifyConversation({ xid }: { xid: number }) {
  const { t } = useTranslation();
  const client = useClient();
  const [outcome, setOutcome] = useState<Outcome>({ kind: "idle" });

  const verify = async () => {
    setOutcome({ kind: "busy" });
    try {
      setOutcome({ kind: "done", report: await client.messages.verifyChain(xid) });
    } catch (error) {
      setOutcome({ kind: "failed", text: errorText(error, t) });
    }
  };

  const isIntact = outcome.kind === "done" && outcome.report.intact;
  const isBroken = outcome.kind === "done" && !outcome.report.intact;
  const Icon = isIntact ? ShieldCheck : isBroken ? ShieldAlert : ShieldQuestion;
  return (
    <section
      className={`details-section verify ${isIntact ? "is-intact" : ""} ${isBroken ? "is-broken" : ""}`}
      aria-label={t("verify.title")}
      data-testid="verify"
    >
      <div className="verify-head">
        <Icon size={26} aria-hidden />
        <div>
          <h3>{t("verify.title")}</h3>
          <p>{t("verify.lead")}</p>
        </div>
      </div>
      <div role="status" aria-live="polite">
        {outcome.kind === "done" ? <VerifyOutcome report={outcome.report} /> : null}
        {outcome.kind === "failed" ? <p className="verify-result">{t("verify.failed", { reason: outcome.text })}</p> : null}
      </div>
      <Button isBusy={outcome.kind === "busy"} isWide data-testid="verify-button" onClick={() => void verify()}>
        {t(outcome.kind === "idle" || outcome.kind === "busy" ? "verify.run" : "verify.again")}
      </Button>
    </section>
  );
}

function VerifyOutcome({ report }: { report: ChainReport }) {
  const { t } = useTranslation();
  if (report.intact) {
    return (
      <p className="verify-result" data-testid="verify-intact">
        {t("verify.intact", { count: report.checked })}
      </p>
    );
  }
  return (
    <p className="verify-result" data-testid="verify-broken">
      {t("verify.broken", { problem: t(`verify.problem.${report.problem ?? "link"}`), mid: report.brokenAt ?? 0 })}
    </p>
  );
}
