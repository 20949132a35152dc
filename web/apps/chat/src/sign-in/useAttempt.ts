import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CeruleanError } from "@cerulean/sdk";
import { errorText } from "../client/errorText";

/** One step at a time against the server. `whenOff` is what to do where the app sends no codes. */
export function useAttempt(whenOff: string) {
  const { t } = useTranslation();
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);

  const explain = (failure: unknown) => (failure instanceof CeruleanError && failure.reason === "not-found" ? whenOff : errorText(failure, t));

  const attempt = (run: () => Promise<void>) => {
    setBusy(true);
    setError("");
    run()
      .catch((failure: unknown) => setError(explain(failure)))
      .finally(() => setBusy(false));
  };
  return { error, setError, isBusy, attempt };
}
