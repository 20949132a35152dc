import { useTranslation } from "react-i18next";
import { PictureField } from "../phone/PictureField";
import { Field } from "../ui/Field";
import { CodeCard, CodeField } from "./CodeCard";
import { usePhoneSignIn, type PhoneSignInProps } from "./usePhoneSignIn";

/** For whoever signs in by a code to a phone number. */
export function PhonePanel(props: PhoneSignInProps) {
  const { t } = useTranslation();
  const phone = usePhoneSignIn(props);
  return (
    <CodeCard
      id="phone"
      title={t("phone.title")}
      lead={t(phone.isSent ? "reset.codeLead" : "phone.lead")}
      error={phone.error}
      isBusy={phone.isBusy}
      isReady={phone.isReady}
      submitLabel={t(phone.isSent ? "signIn.submit" : "reset.send")}
      onSubmit={phone.submit}
      onAgain={phone.isSent ? phone.restart : undefined}
      onClose={props.onClose}
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
      {phone.isSent ? <CodeField value={phone.values.code} testId="phone-code" onChange={(text) => phone.change("code", text)} /> : null}
    </CodeCard>
  );
}
