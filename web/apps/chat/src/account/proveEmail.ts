import { CeruleanError } from "@cerulean/sdk";
import type { AppContext } from "../client/ClientContext";

const hasReason = (failure: unknown, reason: string) => failure instanceof CeruleanError && failure.reason === reason;

/** Sends a code to the address and asks for it; the address is in the profile when the code was right. */
export async function proveEmail(email: string, { client, ui, t }: AppContext): Promise<void> {
  try {
    await client.account.requestEmailCode(email);
  } catch (failure) {
    if (!hasReason(failure, "not-found")) throw failure;
    ui.toast(t("proof.off"), "error");
    return;
  }
  const code = await ui.prompt({ title: t("proof.title", { contact: email }), label: t("proof.code"), confirmLabel: t("proof.start"), maxLength: 6 });
  if (!code) return;
  try {
    await client.account.proveEmail(email, code);
  } catch (failure) {
    // Whoever has proven an address leaves it only with the password.
    if (!hasReason(failure, "permission-denied")) throw failure;
    const ask = { title: t("proof.title", { contact: email }), label: t("signIn.password"), confirmLabel: t("proof.start") };
    const password = await ui.prompt({ ...ask, hint: t("proof.passwordHint"), isSecret: true });
    if (!password) return;
    await client.account.proveEmail(email, code, password);
  }
  ui.toast(t("proof.done"), "success");
}
