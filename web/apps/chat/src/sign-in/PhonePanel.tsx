import { useTranslation } from "react-i18next";
import { PictureField } from "../phone/PictureField";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Logo } from "../ui/Logo";
import { usePhoneSignIn, type PhoneSignInProps } from "./usePhoneSignIn";

/** For whoever signs in by a code to a phone number. */
export function PhonePanel(props: PhoneSignInProps) {
  const { t } = useTranslation();
  const phone = usePhoneSignIn(props);
  return (
    <div className="sign-in-card" data-testid="phone-panel">
      <Logo size={68} />
      <h1>{t("phone.title")}</h1>
      <p className="sign-in-lead" role="status">
        {t(phone.isSent ? "reset.codeLead" : "phone.lead")}
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (phone.isReady) phone.submit();
        }}
      >
        <Field
          label={t("contact.mobile")}
          type="tel"
          autoComplete="tel"
          autoFocus
          readOnly={phone.isSent}
          value={phone.values.mobile}
          data-testid="phone-mobile"
          onChange={(event) => phone.change("mobile", event.target.value)}
        />
        {phone.picture ? (
          <PictureField
            picture={phone.picture}
            value={phone.values.picture}
            onChange={(text) => phone.change("picture", text)}
            onRenew={phone.renewPicture}
          />
        ) : null}
        {phone.isSent ? (
          <Field
            label={t("reset.code")}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            autoFocus
            value={phone.values.code}
            data-testid="phone-code"
            onChange={(event) => phone.change("code", event.target.value)}
          />
        ) : null}
        {phone.error ? (
          <p className="notice notice-danger" role="alert" data-testid="phone-error">
            {phone.error}
          </p>
        ) : null}
        <Button type="submit" tone="primary" isWide isBusy={phone.isBusy} disabled={!phone.isReady} data-testid="phone-submit">
          {t(phone.isSent ? "signIn.submit" : "reset.send")}
        </Button>
      </form>
      <p className="sign-in-switch">
        {phone.isSent ? (
          <Button tone="ghost" disabled={phone.isBusy} data-testid="phone-again" onClick={phone.restart}>
            {t("reset.again")}
          </Button>
        ) : null}
        <Button tone="ghost" data-testid="phone-close" onClick={props.onClose}>
          {t("reset.back")}
        </Button>
      </p>
    </div>
  );
}
