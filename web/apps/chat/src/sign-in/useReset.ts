import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CeruleanError } from "@cerulean/sdk";
import { errorText } from "../client/errorText";
import type { Session } from "../client/useSession";

export interface ResetActions {
  appId: string;
  onRequestReset: Session["requestReset"];
  onReset: Session["resetPassword"];
}

export type ResetStep = "contact" | "code" | "done";

/** A new password by a code: to whom it goes, the code with the password, the end. */
export function useReset({ appId, onRequestReset, onReset }: ResetActions) {
  const { t } = useTranslation();
  const [step, setStep] = useState<ResetStep>("contact");
  const [values, setValues] = useState({ contact: "", code: "", newPassword: "" });
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isReady = step === "contact" ? values.contact.trim() !== "" : /^\d{6}$/u.test(values.code.trim()) && values.newPassword !== "";

  const explain = (failure: unknown) =>
    failure instanceof CeruleanError && failure.reason === "not-found" ? t("reset.off") : errorText(failure, t);

  const work = async (run: () => Promise<void>, next: ResetStep) => {
    setBusy(true);
    setError("");
    try {
      await run();
      setStep(next);
    } catch (failure) {
      setError(explain(failure));
    }
    setBusy(false);
  };

  const contact = values.contact.trim();
  return {
    step,
    values,
    error,
    isBusy,
    isReady,
    change: (field: keyof typeof values, value: string) => setValues((old) => ({ ...old, [field]: value })),
    submit: () => {
      if (!isReady) return;
      if (step === "contact") void work(() => onRequestReset(appId, contact), "code");
      else void work(() => onReset(appId, { contact, code: values.code.trim(), newPassword: values.newPassword }), "done");
    },
    sendAgain: () => void work(() => onRequestReset(appId, contact), "code"),
  };
}
