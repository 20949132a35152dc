import { CeruleanError } from "@cerulean/sdk";
import type { AppContext } from "../client/ClientContext";
import { PictureDialog } from "./PictureDialog";
import { sendCode } from "./sendCode";

/** Sends a code to the number and asks for it; the number is in the profile, and signs in, when the code was right. */
export async function proveMobile(mobile: string, context: AppContext): Promise<void> {
  const { client, ui, t } = context;
  const own = await client.phone.standing();
  if (!own) return ui.toast(t("proof.off"), "error");
  if (own.isProven && own.mobile === mobile) return ui.toast(t("phone.isProven"), "success");
  const proof = own.isProven ? await askForChange(mobile, context) : "";
  if (proof === null || !(await send(mobile, context))) return;
  const done = await askForCode(mobile, context, (code) => (proof ? client.phone.change(mobile, code, proof) : client.phone.bind(mobile, code)));
  if (done) ui.toast(t("phone.done"), "success");
}

/** Whoever has proven a number leaves it only with the password. */
async function askForChange(mobile: string, { client, ui, t }: AppContext): Promise<string | null> {
  const password = await ui.prompt({
    title: t("proof.title", { contact: mobile }),
    label: t("signIn.password"),
    hint: t("phone.passwordHint"),
    confirmLabel: t("phone.continue"),
    isSecret: true,
  });
  return password ? client.phone.proveByPassword(password) : null;
}

/** Whether a code is on its way. */
async function send(mobile: string, { client, ui }: AppContext): Promise<boolean> {
  const picture = await sendCode(client.phone, mobile);
  if (!picture) return true;
  return new Promise((resolve) => {
    ui.show((close) => (
      <PictureDialog
        mobile={mobile}
        first={picture}
        onEnd={(isSent) => {
          close();
          resolve(isSent);
        }}
      />
    ));
  });
}

/** A slip of the finger is no reason to begin again. */
async function askForCode(mobile: string, { ui, t }: AppContext, accept: (code: string) => Promise<void>): Promise<boolean> {
  for (let hint: string | undefined; ; hint = t("errors.wrong-code")) {
    const ask = { title: t("proof.title", { contact: mobile }), label: t("phone.code"), confirmLabel: t("phone.confirm"), maxLength: 6 };
    const code = await ui.prompt(hint ? { ...ask, hint } : ask);
    if (!code) return false;
    try {
      await accept(code);
      return true;
    } catch (failure) {
      if (!(failure instanceof CeruleanError) || failure.reason !== "wrong-code") throw failure;
    }
  }
}
