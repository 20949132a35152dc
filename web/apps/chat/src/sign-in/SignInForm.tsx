import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { PasswordMeter } from "./PasswordMeter";
import type { useSignIn } from "./useSignIn";

export function SignInForm({ form }: { form: ReturnType<typeof useSignIn> }) {
  const { t } = useTranslation();
  const isNew = form.mode === "register";
  return (
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
  );
}
