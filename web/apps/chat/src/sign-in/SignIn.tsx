import { useTranslation } from "react-i18next";
import { useState } from "react";
import { QrCode, Smartphone } from "lucide-react";
import type { KickReason } from "@cerulean/sdk";
import type { Credentials, PhoneSteps, Session } from "../client/useSession";
import { Button } from "../ui/Button";
import { Logo } from "../ui/Logo";
import { CodePanel } from "./CodePanel";
import { PhonePanel } from "./PhonePanel";
import { PreferenceBar } from "./PreferenceBar";
import { ResetPanel } from "./ResetPanel";
import { SignInForm } from "./SignInForm";
import { useCodeSignIn } from "./useCodeSignIn";
import { useSignIn } from "./useSignIn";
import "./SignIn.css";

export interface SignInProps {
  appId: string;
  kickReason: KickReason | null;
  onSignIn(credentials: Credentials): Promise<void>;
  onRegister(credentials: Credentials): Promise<void>;
  onCode: Session["signInWithCode"];
  phone: PhoneSteps;
  numberToBind: string | null;
  onDropNumber(): void;
  onRequestReset: Session["requestReset"];
  onReset: Session["resetPassword"];
}

export function SignIn(props: SignInProps) {
  const { t } = useTranslation();
  const form = useSignIn(props);
  const code = useCodeSignIn(form.values.appId.trim(), props.onCode);
  const [isResetting, setResetting] = useState(false);
  const [isByPhone, setByPhone] = useState(false);
  const isNew = form.mode === "register";
  if (isByPhone) {
    return (
      <main className="sign-in">
        <PhonePanel appId={form.values.appId.trim()} steps={props.phone} onClose={() => setByPhone(false)} />
        <PreferenceBar />
      </main>
    );
  }
  if (isResetting) {
    return (
      <main className="sign-in">
        <ResetPanel
          appId={form.values.appId.trim()}
          onRequestReset={props.onRequestReset}
          onReset={props.onReset}
          onClose={() => setResetting(false)}
        />
        <PreferenceBar />
      </main>
    );
  }
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Logo size={68} />
        <h1>{t(isNew ? "signIn.registerTitle" : "signIn.title")}</h1>
        <p className="sign-in-lead">{t(isNew ? "signIn.registerLead" : "signIn.lead")}</p>
        {props.kickReason && !form.error ? (
          <p className="notice notice-warning" role="status">
            {t(`kick.${props.kickReason}`)}
          </p>
        ) : null}
        {props.numberToBind === null ? null : (
          <div className="notice notice-warning" role="status" data-testid="number-to-bind">
            <p>{t("phone.toBind", { mobile: props.numberToBind })}</p>
            <Button data-testid="number-drop" onClick={props.onDropNumber}>
              {t("phone.withoutNumber")}
            </Button>
          </div>
        )}
        {code.phase.kind === "closed" ? <SignInForm form={form} /> : <CodePanel code={code} />}
        {isNew || code.phase.kind !== "closed" ? null : (
          <Button
            tone="ghost"
            isWide
            icon={<QrCode size={18} aria-hidden />}
            disabled={form.values.appId.trim() === ""}
            title={form.values.appId.trim() === "" ? t("codeSignIn.appMissing") : undefined}
            data-testid="code-sign-in"
            onClick={code.start}
          >
            {t("codeSignIn.start")}
          </Button>
        )}
        {isNew || code.phase.kind !== "closed" ? null : (
          <Button
            tone="ghost"
            isWide
            icon={<Smartphone size={18} aria-hidden />}
            disabled={form.values.appId.trim() === ""}
            data-testid="phone-start"
            onClick={() => setByPhone(true)}
          >
            {t("phone.start")}
          </Button>
        )}
        {isNew || code.phase.kind !== "closed" ? null : (
          <Button tone="ghost" isWide disabled={form.values.appId.trim() === ""} data-testid="reset-start" onClick={() => setResetting(true)}>
            {t("reset.start")}
          </Button>
        )}
        <p className="sign-in-switch">
          {t(isNew ? "signIn.haveAccount" : "signIn.noAccount")}
          <Button
            tone="ghost"
            data-testid="sign-in-switch"
            onClick={() => {
              code.stop();
              form.switchMode();
            }}
          >
            {t(isNew ? "signIn.submit" : "signIn.register")}
          </Button>
        </p>
      </div>
      <PreferenceBar />
    </main>
  );
}
