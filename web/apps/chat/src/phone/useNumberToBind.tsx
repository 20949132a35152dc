import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChatClient } from "../client/client";
import { errorText } from "../client/errorText";
import { useUi } from "../ui/UiContext";

interface NumberToBind {
  appId: string;
  mobile: string;
  /** Of the code that was read from the number; the server takes it once, for some minutes. */
  proof: string;
}

/** What became of the number. */
export type NumberOutcome = { mobile: string; failure: unknown } | null;

/** A number that was confirmed at sign-in and belongs to no account yet: it becomes that of the account that signs in next. */
export function useNumberToBind() {
  const [held, setHeld] = useState<NumberToBind | null>(null);
  const [outcome, setOutcome] = useState<NumberOutcome>(null);

  /** Signing in goes on whatever becomes of the number. */
  const bindTo = useCallback(
    async (client: ChatClient, appId: string) => {
      setHeld(null);
      if (held?.appId !== appId) return setOutcome(null);
      const { mobile, proof } = held;
      const failure = await client.phone.bindWithProof(mobile, proof).then(() => null, (thrown: unknown) => thrown);
      setOutcome({ mobile, failure });
    },
    [held],
  );
  return { held, hold: setHeld, outcome, bindTo };
}

/** Says once whether the number is bound. */
export function NumberBound({ outcome }: { outcome: NumberOutcome }) {
  const { t } = useTranslation();
  const ui = useUi();
  const told = useRef<NumberOutcome>(null);
  useEffect(() => {
    if (!outcome || told.current === outcome) return;
    told.current = outcome;
    if (outcome.failure === null) ui.toast(t("phone.bound", { mobile: outcome.mobile }), "success");
    else ui.toast(t("phone.notBound", { mobile: outcome.mobile, reason: errorText(outcome.failure, t) }), "error");
  }, [outcome, t, ui]);
  return null;
}
