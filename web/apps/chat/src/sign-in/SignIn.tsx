import { useTranslation } from "react-i18next";
import { QrCode } from "lucide-react";
import type { KickReason } from "@cerulean/sdk";
import type { Credentials, Session } from "../client/useSession";
import { Button } from "../ui/Button";
import { Logo } from "../ui/Logo";
import { CodePanel } from "./CodePanel";
import { PreferenceBar } from "./PreferenceBar";
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
}

export function SignIn(props: SignInProps) {
  const { t } = useTranslation();
  const form = useSignIn(props);
  const code = useCodeSignIn(form.values.appId.trim(), props.onCode);
  const isNew = form.mode === "register";
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
