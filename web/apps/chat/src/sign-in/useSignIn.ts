import { useState, type FormEvent } from "react";
import { CeruleanError } from "@cerulean/sdk";
import { useTranslation } from "react-i18next";
import { errorText } from "../client/errorText";
import type { Credentials } from "../client/useSession";
import type { SignInProps } from "./SignIn";

type Mode = "sign-in" | "register";

/** The name rule of the server, told before the round trip. */
const newName = /^(?!\d+$)(?!maxim)(?!mta)[A-Za-z0-9_]{2,64}$/u;

/** What the server may say to a wrong name or password; it does not tell which. */
const refusals: ReadonlySet<string> = new Set(["rejected", "not-found", "user-not-found", "permission-denied"]);

export function useSignIn({ appId, onSignIn, onRegister }: SignInProps) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<Mode>("sign-in");
  const [typed, setTyped] = useState<Partial<Credentials>>({});
  const [isChecked, setChecked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState("");

  const values: Credentials = { appId: typed.appId ?? appId, name: typed.name ?? "", password: typed.password ?? "" };

  const findErrors = (): Partial<Record<keyof Credentials, string>> => {
    const errors: Partial<Record<keyof Credentials, string>> = {};
    if (!values.name.trim()) errors.name = t("signIn.nameMissing");
    else if (mode === "register" && !newName.test(values.name.trim())) errors.name = t("signIn.nameInvalid");
    if (!values.password) errors.password = t("signIn.passwordMissing");
    if (!values.appId.trim()) errors.appId = t("signIn.appIdMissing");
    return errors;
  };

  const explain = (failure: unknown): string => {
    const isRefused = failure instanceof CeruleanError && refusals.has(failure.reason);
    if (isRefused && mode === "sign-in") return t("signIn.refused");
    return errorText(failure, t);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    setError("");
    if (Object.keys(findErrors()).length > 0) return;
    setBusy(true);
    try {
      const credentials = { ...values, name: values.name.trim(), appId: values.appId.trim() };
      await (mode === "register" ? onRegister(credentials) : onSignIn(credentials));
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return {
    mode,
    values,
    isBusy,
    error,
    fieldErrors: isChecked ? findErrors() : {},
    submit: (event: FormEvent) => void submit(event),
    change: (field: keyof Credentials, value: string) => setTyped((old) => ({ ...old, [field]: value })),
    switchMode: () => {
      setMode(mode === "register" ? "sign-in" : "register");
      setChecked(false);
      setError("");
    },
  };
}
