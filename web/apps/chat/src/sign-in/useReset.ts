import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../client/useSession";
import { isCode } from "./CodeCard";
import { useAttempt } from "./useAttempt";

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
  const { error, isBusy, attempt } = useAttempt(t("reset.off"));
  const isReady = step === "contact" ? values.contact.trim() !== "" : isCode(values.code) && values.newPassword !== "";
  const contact = values.contact.trim();

  const requestCode = () =>
    attempt(async () => {
      await onRequestReset(appId, contact);
      setStep("code");
    });

  const setPassword = () =>
    attempt(async () => {
      await onReset(appId, { contact, code: values.code.trim(), newPassword: values.newPassword });
      setStep("done");
    });

  return {
    step,
    values,
    error,
    isBusy,
    isReady,
    change: (field: keyof typeof values, value: string) => setValues((old) => ({ ...old, [field]: value })),
    submit: step === "contact" ? requestCode : setPassword,
    sendAgain: requestCode,
  };
}
