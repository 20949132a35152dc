import { CeruleanError, type MessageError } from "@cerulean/sdk";
import type { TFunction } from "i18next";

/** A sentence a user understands; reasons without a translation fall back to what the server said. */
export function errorText(error: unknown, t: TFunction): string {
  if (error instanceof CeruleanError) return reasonText(error, t);
  if (error instanceof Error && error.message) return t("errors.withMessage", { message: error.message });
  return t("errors.unknown");
}

/** Where a password was asked for, a refusal means that it was the wrong one. */
export function passwordErrorText(error: unknown, t: TFunction): string {
  const isWrong = error instanceof CeruleanError && error.reason === "permission-denied";
  return isWrong ? t("errors.wrong-password") : errorText(error, t);
}

export function reasonText({ reason, message }: Pick<MessageError, "reason" | "message">, t: TFunction): string {
  // Whoever the app lets look at messages says why in his own words; those are meant for the author.
  if (reason === "censored" && message && message !== reason) return t("errors.censoredBecause", { message });
  const fallback = message ? t("errors.withMessage", { message }) : t("errors.unknown");
  return t(`errors.${reason}`, { defaultValue: fallback });
}
