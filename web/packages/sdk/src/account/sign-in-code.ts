import { asError, CeruleanError } from "../errors.js";
import type { Rest } from "../rest/rest.js";
import type { SignInCode, SignInCodeStatus } from "../types.js";

const ASK_EVERY_MS = 1000;

interface Standing {
  status: SignInCodeStatus;
  username?: string;
  password?: string;
}

/** A code for a device that is signed in already. The ticket stays here: who photographs the picture gains nothing. */
export async function requestSignInCode(rest: Rest): Promise<SignInCode> {
  const raw = await rest.get<{ qr_code: string; url: string; expired: number }>("/app/qr_code");
  return { ticket: raw.qr_code, url: raw.url, expiresAt: raw.expired };
}

/** Waits for the yes; resolves to what signs in once. */
export async function awaitSignInCode(
  rest: Rest, code: SignInCode, options: { onStatus?: (status: SignInCodeStatus) => void; signal?: AbortSignal } = {},
): Promise<{ name: string; password: string }> {
  let shown: SignInCodeStatus = "waiting";
  for (;;) {
    const standing = await ask(rest, code.ticket);
    options.signal?.throwIfAborted();
    if (standing.status !== shown) options.onStatus?.((shown = standing.status));
    if (standing.status === "confirmed" && standing.username && standing.password) return { name: standing.username, password: standing.password };
    if (standing.status === "refused") throw new CeruleanError(0, "code-refused", "the sign-in was refused on the other device");
    if (standing.status === "expired") throw new CeruleanError(0, "code-expired", "the code has expired");
    await pause(ASK_EVERY_MS, options.signal);
  }
}

/** An answer that did not come is asked for again: the code outlives a short loss of the network. */
async function ask(rest: Rest, ticket: string): Promise<Standing> {
  try {
    return await rest.get<Standing>("/app/qr_login", { qr_code: ticket });
  } catch (thrown) {
    const { reason } = asError(thrown);
    if (reason === "network" || reason === "timeout") return { status: "waiting" };
    throw thrown;
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve();
    }
    signal?.addEventListener("abort", done);
  });
}
