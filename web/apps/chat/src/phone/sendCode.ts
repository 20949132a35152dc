import { CeruleanError, type CodePicture, type PhoneApi, type PictureAnswer } from "@cerulean/sdk";

const wantsPicture = (failure: unknown) => failure instanceof CeruleanError && failure.reason === "wrong-picture-code";

/** Sends a code to a number. Answers a picture when the app wants that read first, or it was read wrong; null when the code is on its way. */
export async function sendCode(
  phone: Pick<PhoneApi, "sendCode" | "requestPicture">, mobile: string, answer?: PictureAnswer,
): Promise<CodePicture | null> {
  try {
    await phone.sendCode(mobile, answer);
    return null;
  } catch (failure) {
    if (!wantsPicture(failure)) throw failure;
    return phone.requestPicture();
  }
}
