import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { UserSettings } from "@cerulean/sdk";
import { errorText } from "../client/errorText";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Select } from "../ui/Select";
import { SkeletonRows } from "../ui/Skeleton";
import { Switch } from "../ui/Switch";
import { BlockedUsers } from "../contacts/BlockedUsers";
import { saveLinkPreviews, useLinkPreviews } from "../messages/links/linkPreviews";
import { useUserSettings } from "./useUserSettings";

const modes = ["0", "1", "2", "3"];
const byAnswer = 2;

/** Who may reach me, and how. */
export function PrivacyPage() {
  const { t } = useTranslation();
  const { settings, error, update } = useUserSettings();
  const hasLinkPreviews = useLinkPreviews();
  if (error) {
    return (
      <p className="notice notice-danger" role="alert">
        {errorText(error, t)}
      </p>
    );
  }
  if (!settings) return <SkeletonRows count={3} />;
  return (
    <>
      <AuthMode key={`${settings.authMode}/${settings.authQuestion}/${settings.authAnswer}`} settings={settings} update={update} />
      <section className="card">
        <Switch
          label={t("privacy.groupConfirm")}
          hint={t("privacy.groupConfirmHint")}
          isOn={settings.groupConfirm}
          testId="privacy-group-confirm"
          onChange={(groupConfirm) => update({ groupConfirm })}
        />
      </section>
      <section className="card">
        <Switch
          label={t("privacy.linkPreviews")}
          hint={t("privacy.linkPreviewsHint")}
          isOn={hasLinkPreviews}
          testId="privacy-link-previews"
          onChange={saveLinkPreviews}
        />
      </section>
      <section className="card" aria-label={t("friend.blockedList")}>
        <h3>{t("friend.blockedList")}</h3>
        <BlockedUsers />
      </section>
    </>
  );
}

interface AuthModeProps {
  settings: UserSettings;
  update(patch: Partial<UserSettings>): void;
}

function AuthMode({ settings, update }: AuthModeProps) {
  const { t } = useTranslation();
  const [mode, setMode] = useState(settings.authMode);
  const [question, setQuestion] = useState(settings.authQuestion);
  const [answer, setAnswer] = useState(settings.authAnswer);
  const needsAnswer = mode === byAnswer;
  const isReady = !needsAnswer || (question.trim() !== "" && answer.trim() !== "");
  const choose = (value: string) => {
    const chosen = Number(value);
    setMode(chosen);
    // The answer mode takes effect only together with its question.
    if (chosen !== byAnswer) update({ authMode: chosen });
  };
  return (
    <form
      className="card"
      aria-label={t("privacy.authMode")}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) update({ authMode: mode, authQuestion: question.trim(), authAnswer: answer.trim() });
      }}
    >
      <Select
        label={t("privacy.authMode")}
        value={String(mode)}
        options={modes.map((id) => ({ id, label: t(`privacy.authMode${id}`) }))}
        testId="privacy-auth-mode"
        onChange={choose}
      />
      {needsAnswer ? (
        <>
          <Field
            label={t("privacy.question")}
            value={question}
            maxLength={100}
            data-testid="privacy-question"
            onChange={(event) => setQuestion(event.target.value)}
          />
          <Field
            label={t("privacy.answer")}
            hint={t("privacy.answerHint")}
            value={answer}
            maxLength={100}
            data-testid="privacy-answer"
            onChange={(event) => setAnswer(event.target.value)}
          />
          <div className="form-end">
            <Button type="submit" tone="primary" disabled={!isReady} data-testid="privacy-save">
              {t("common.save")}
            </Button>
          </div>
        </>
      ) : null}
    </form>
  );
}
