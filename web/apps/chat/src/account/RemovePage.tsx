import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppContext } from "../client/ClientContext";
import { passwordErrorText } from "../client/errorText";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";

/** The end of an account: with the password, and the name typed. */
export function RemovePage() {
  const { t } = useTranslation();
  const { client, ui } = useAppContext();
  const [password, setPassword] = useState("");
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);

  const remove = async () => {
    const isSure = await ui.confirm({
      title: t("remove.title"),
      body: t("remove.body"),
      confirmLabel: t("remove.submit"),
      isDanger: true,
      typed: client.me?.username ?? "",
    });
    if (!isSure) return;
    setBusy(true);
    setError("");
    try {
      await client.account.remove(password);
    } catch (failure) {
      setError(passwordErrorText(failure, t));
      setBusy(false);
    }
  };

  return (
    <form
      className="card"
      data-testid="remove-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (password) void remove();
      }}
    >
      <p className="form-lead">{t("remove.lead")}</p>
      <Field
        label={t("signIn.password")}
        type="password"
        autoComplete="current-password"
        value={password}
        error={error}
        data-testid="remove-password"
        onChange={(event) => setPassword(event.target.value)}
      />
      <div className="form-end">
        <Button type="submit" tone="danger" isBusy={isBusy} disabled={!password} data-testid="remove-submit">
          {t("remove.submit")}
        </Button>
      </div>
    </form>
  );
}
