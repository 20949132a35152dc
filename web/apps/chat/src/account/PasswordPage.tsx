import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAppContext } from "../client/ClientContext";
import { passwordErrorText } from "../client/errorText";
import { Button } from "../ui/Button";
import { PasswordMeter } from "../sign-in/PasswordMeter";
import { Field } from "../ui/Field";

const empty = { old: "", next: "", again: "" };

export function PasswordPage() {
  const { t } = useTranslation();
  const { client, ui } = useAppContext();
  const [values, setValues] = useState(empty);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isDifferent = values.again !== "" && values.again !== values.next;
  const isReady = values.old !== "" && values.next !== "" && values.again === values.next;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    setBusy(true);
    setError("");
    try {
      await client.account.changePassword(values.old, values.next);
      setValues(empty);
      ui.toast(t("account.passwordChanged"), "success");
    } catch (failure) {
      setError(passwordErrorText(failure, t));
    }
    setBusy(false);
  };

  const field = (name: keyof typeof empty) => ({
    type: "password",
    value: values[name],
    "data-testid": `password-${name}`,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => setValues({ ...values, [name]: event.target.value }),
  });

  return (
    <form className="card" data-testid="password-form" onSubmit={(event) => void submit(event)}>
      <p className="form-lead">{t("account.passwordLead")}</p>
      <Field label={t("account.oldPassword")} autoComplete="current-password" {...field("old")} />
      <Field label={t("account.newPassword")} autoComplete="new-password" {...field("next")} />
      <PasswordMeter password={values.next} personal={[client.me?.username ?? "", client.me?.nickName ?? ""]} />
      <Field
        label={t("account.repeatPassword")}
        autoComplete="new-password"
        error={isDifferent ? t("account.passwordsDiffer") : undefined}
        {...field("again")}
      />
      {error ? (
        <p className="notice notice-danger" role="alert">
          {error}
        </p>
      ) : null}
      <div className="form-end">
        <Button type="submit" tone="primary" isBusy={isBusy} disabled={!isReady} data-testid="password-submit">
          {t("account.password")}
        </Button>
      </div>
    </form>
  );
}
