import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CodePicture } from "@cerulean/sdk";
import { IconButton } from "../ui/Button";
import { Field } from "../ui/Field";
import "./PictureField.css";

interface PictureFieldProps {
  picture: CodePicture;
  value: string;
  error?: string | undefined;
  onChange(value: string): void;
  onRenew(): void;
}

/** Letters to read, so that no program has messages sent at the app's expense. */
export function PictureField({ picture, value, error, onChange, onRenew }: PictureFieldProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className="code-picture">
        <img key={picture.id} src={picture.url} alt={t("phone.pictureAlt")} data-testid="code-picture" />
        <IconButton label={t("phone.anotherPicture")} data-testid="code-picture-renew" onClick={onRenew}>
          <RefreshCw size={18} />
        </IconButton>
      </div>
      <Field
        label={t("phone.picture")}
        hint={t("phone.pictureHint")}
        error={error}
        value={value}
        maxLength={12}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        data-testid="code-picture-input"
        onChange={(event) => onChange(event.target.value)}
      />
    </>
  );
}
