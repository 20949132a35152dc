import { useTranslation } from "react-i18next";
import { CircleAlert } from "lucide-react";
import type { KickReason } from "@cerulean/sdk";
import type { Credentials, Session } from "../client/useSession";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Logo } from "../ui/Logo";
import { CodeSignIn } from "./CodeSignIn";
import { PasswordMeter } from "./PasswordMeter";
import { PreferenceBar } from "./PreferenceBar";
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
        <form data-testid="sign-in-form" aria-label={t(isNew ? "signIn.registerTitle" : "signIn.title")} onSubmit={form.submit} noValidate>
          <Field
            label={t("signIn.name")}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            data-testid="sign-in-name"
            hint={isNew ? t("signIn.nameHint") : undefined}
            error={form.fieldErrors.name}
            value={form.values.name}
            onChange={(event) => form.change("name", event.target.value)}
          />
          <Field
            label={t("signIn.password")}
            name="password"
            type="password"
            autoComplete={isNew ? "new-password" : "current-password"}
            data-testid="sign-in-password"
            error={form.fieldErrors.password}
            value={form.values.password}
            onChange={(event) => form.change("password", event.target.value)}
          />
          {isNew ? <PasswordMeter password={form.values.password} personal={[form.values.name]} /> : null}
          <Field
            label={t("signIn.appId")}
            name="app-id"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-testid="sign-in-app-id"
            hint={t("signIn.appIdHint")}
            error={form.fieldErrors.appId}
            value={form.values.appId}
            onChange={(event) => form.change("appId", event.target.value)}
          />
          {form.error ? (
            <p className="notice notice-danger" role="alert" data-testid="sign-in-error">
              <CircleAlert size={18} aria-hidden />
              {form.error}
            </p>
          ) : null}
          <Button type="submit" tone="primary" isWide isBusy={form.isBusy} data-testid="sign-in-submit">
            {t(isNew ? "signIn.register" : "signIn.submit")}
          </Button>
        </form>
        {isNew ? null : <CodeSignIn appId={form.values.appId.trim()} onCode={props.onCode} />}
        <p className="sign-in-switch">
          {t(isNew ? "signIn.haveAccount" : "signIn.noAccount")}
          <Button tone="ghost" data-testid="sign-in-switch" onClick={form.switchMode}>
            {t(isNew ? "signIn.submit" : "signIn.register")}
          </Button>
        </p>
      </div>
      <PreferenceBar />
    </main>
  );
}
