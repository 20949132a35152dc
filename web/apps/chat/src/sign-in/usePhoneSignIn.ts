import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CodePicture } from "@cerulean/sdk";
import type { PhoneSteps } from "../client/useSession";
import { isCode } from "./CodeCard";
import { useAttempt } from "./useAttempt";

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
  const { error, setError, isBusy, attempt } = useAttempt(t("phone.off"));
  const mobile = values.mobile.trim();

  const show = (next: CodePicture | null) => {
    setPicture(next);
    setValues((old) => ({ ...old, picture: "" }));
  };

  const send = () =>
    attempt(async () => {
      const next = await steps.sendCode(appId, mobile, picture ? { id: picture.id, text: values.picture.trim() } : undefined);
      show(next);
      if (next && picture) setError(t("errors.wrong-picture-code"));
      setSent(next === null);
    });

  /** A number of nobody leads back to the form by name, which says what comes of it. */
  const signIn = () =>
    attempt(async () => {
      if (!(await steps.signIn(appId, mobile, values.code.trim()))) onClose();
    });

  return {
    values,
    picture,
    isSent,
    error,
    isBusy,
    isReady: isSent ? isCode(values.code) : mobile !== "" && (!picture || values.picture.trim() !== ""),
    change: (field: keyof typeof values, value: string) => setValues((old) => ({ ...old, [field]: value })),
    renewPicture: () => attempt(async () => show(await steps.requestPicture(appId))),
    submit: isSent ? signIn : send,
    /** Back to the number, for another code or another number. */
    restart: () => {
      setSent(false);
      setError("");
      setValues((old) => ({ ...old, code: "" }));
    },
  };
}
