import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CeruleanError, type CodePicture } from "@cerulean/sdk";
import { errorText } from "../client/errorText";
import type { PhoneSteps } from "../client/useSession";

export interface PhoneSignInProps {
  appId: string;
  steps: PhoneSteps;
  onClose(): void;
}

/** Sign-in by a code: the number, a picture where the app wants one read, the code. */
export function usePhoneSignIn({ appId, steps, onClose }: PhoneSignInProps) {
  const { t } = useTranslation();
  const [values, setValues] = useState({ mobile: "", picture: "", code: "" });
  const [picture, setPicture] = useState<CodePicture | null>(null);
  const [isSent, setSent] = useState(false);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const mobile = values.mobile.trim();

  const explain = (failure: unknown): string => {
    if (!(failure instanceof CeruleanError)) return errorText(failure, t);
    return failure.reason === "not-found" ? t("phone.off") : errorText(failure, t);
  };

  const work = (run: () => Promise<void>) => {
    setBusy(true);
    setError("");
    run().catch((failure: unknown) => setError(explain(failure))).finally(() => setBusy(false));
  };

  const show = (next: CodePicture | null) => {
    setPicture(next);
    setValues((old) => ({ ...old, picture: "" }));
  };

  const send = () =>
    work(async () => {
      const next = await steps.sendCode(appId, mobile, picture ? { id: picture.id, text: values.picture.trim() } : undefined);
      show(next);
      if (next && picture) setError(t("errors.wrong-picture-code"));
      setSent(next === null);
    });

  /** A number of nobody leads back to the form by name, which says what comes of it. */
  const signIn = () =>
    work(async () => {
      if (!(await steps.signIn(appId, mobile, values.code.trim()))) onClose();
    });

  return {
    values,
    picture,
    isSent,
    error,
    isBusy,
    isReady: isSent ? /^\d{6}$/u.test(values.code.trim()) : mobile !== "" && (!picture || values.picture.trim() !== ""),
    change: (field: keyof typeof values, value: string) => setValues((old) => ({ ...old, [field]: value })),
    renewPicture: () => work(async () => show(await steps.requestPicture(appId))),
    submit: isSent ? signIn : send,
    /** Back to the number, for another code or another number. */
    restart: () => {
      setSent(false);
      setError("");
      setValues((old) => ({ ...old, code: "" }));
    },
  };
}
