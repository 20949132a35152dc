import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { loadEstimator, type Strength } from "./passwordStrength";
import "./PasswordMeter.css";

interface PasswordMeterProps {
  password: string;
  /** Words that a guesser would try first, such as the user name. */
  personal: string[];
}

/** How hard a password is to guess, and what would make it harder. A help only: the server decides what it takes. */
export function PasswordMeter({ password, personal }: PasswordMeterProps) {
  const { t } = useTranslation();
  const [strength, setStrength] = useState<Strength | null>(null);
  const key = personal.join("\n");

  useEffect(() => {
    let isCurrent = true;
    if (password === "") {
      setStrength(null);
      return;
    }
    loadEstimator().then(
      (estimate) => isCurrent && setStrength(estimate(password.slice(0, 100), key.split("\n"))),
      // Without the word lists there is no estimate; the password works all the same.
      () => isCurrent && setStrength(null),
    );
    return () => {
      isCurrent = false;
    };
  }, [password, key]);

  if (!strength) return null;
  return (
    <div className="password-meter" data-score={strength.score} data-testid="password-meter">
      <span className="password-meter-bar" aria-hidden />
      <p className="field-hint" role="status">
        {t(`password.score${strength.score}`)} {strength.advice === "none" ? "" : t(`password.${strength.advice}`)}
      </p>
    </div>
  );
}
