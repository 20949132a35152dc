import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { connector } from "#connector";
import type { CodePicture, KickReason, PictureAnswer, SignInCode, SignInCodeStatus } from "@cerulean/sdk";
import { sendCode } from "../phone/sendCode";
import { useNumberToBind, type NumberOutcome } from "../phone/useNumberToBind";
import type { ChatClient } from "./client";

const appIdKey = "cerulean.appId";

export type SessionPhase = "starting" | "signed-out" | "signed-in" | "elsewhere";

export interface Credentials {
  appId: string;
  name: string;
  password: string;
}

export interface Session {
  phase: SessionPhase;
  client: ChatClient | null;
  appId: string;
  kickReason: KickReason | null;
  signIn(credentials: Credentials): Promise<void>;
  register(credentials: Credentials): Promise<void>;
  /** Shows a code by `onCode` and is in as soon as another device has agreed. */
  signInWithCode(appId: string, steps: CodeSteps): Promise<void>;
  phone: PhoneSteps;
  /** A confirmed number of nobody, which the account that signs in or registers next gets. */
  numberToBind: string | null;
  dropNumber(): void;
  numberOutcome: NumberOutcome;
  requestReset(appId: string, contact: string): Promise<void>;
  resetPassword(appId: string, reset: PasswordReset): Promise<void>;
  takeOver(): Promise<void>;
}

/** Sign-in by a code to a phone number. */
export interface PhoneSteps {
  /** Answers a picture where one must be read first, null when the code is on its way. */
  sendCode(appId: string, mobile: string, answer?: PictureAnswer): Promise<CodePicture | null>;
  requestPicture(appId: string): Promise<CodePicture>;
  /** False where no account has confirmed the number; the one that signs in or registers next gets it. */
  signIn(appId: string, mobile: string, code: string): Promise<boolean>;
}

export interface PasswordReset {
  contact: string;
  code: string;
  newPassword: string;
}

export interface CodeSteps {
  onCode(code: SignInCode): void;
  onStatus(status: SignInCodeStatus): void;
  signal: AbortSignal;
}

/** Takes up the stored session, and follows sign-in, sign-out and being kicked. */
export function useSession(): Session {
  const [phase, setPhase] = useState<SessionPhase>("starting");
  const [client, setClient] = useState<ChatClient | null>(null);
  const [appId, setAppId] = useState(() => localStorage.getItem(appIdKey) ?? "");
  const [kickReason, setKickReason] = useState<KickReason | null>(null);
  const isStarted = useRef(false);
  const { held, hold, outcome, bindTo } = useNumberToBind();

  useEffect(() => {
    if (isStarted.current) return;
    isStarted.current = true;
    void (async () => {
      const saved = localStorage.getItem(appIdKey);
      if (!saved) {
        const server = await connector.serverInfo().catch(() => null);
        setAppId((typed) => typed || (server?.defaultApp ?? ""));
      }
      const candidate = connector.create(saved ?? "");
      const isResumed = await candidate.resume().catch(() => false);
      if (!isResumed) void candidate.dispose();
      setClient(isResumed ? candidate : null);
      setPhase(isResumed ? "signed-in" : "signed-out");
    })();
  }, []);

  useEffect(() => {
    if (!client) return;
    return client.on("state", ({ state, reason }) => {
      if (state === "signed-out") setPhase("signed-out");
      if (state === "kicked") {
        setKickReason(reason ?? client.kickReason);
        setPhase((reason ?? client.kickReason) === "same-device" ? "elsewhere" : "signed-out");
      }
    });
  }, [client]);

  const enter = useCallback(
    async (appId: string, signIn: (next: ChatClient) => Promise<boolean>) => {
      const next = connector.create(appId);
      let isIn = false;
      try {
        isIn = await signIn(next);
      } finally {
        if (!isIn) void next.dispose();
      }
      if (!isIn) return false;
      void client?.dispose();
      localStorage.setItem(appIdKey, appId);
      setAppId(appId);
      setKickReason(null);
      setClient(next);
      setPhase("signed-in");
      return true;
    },
    [client],
  );

  const signInWithCode = useCallback(
    (wantedApp: string, { onCode, onStatus, signal }: CodeSteps) =>
      enter(wantedApp, async (next) => {
        const code = await next.requestSignInCode();
        signal.throwIfAborted();
        onCode(code);
        await next.signInWithCode(code, { onStatus, signal });
        await bindTo(next, wantedApp);
        return true;
      }).then(() => undefined),
    [enter, bindTo],
  );

  const phone = useMemo<PhoneSteps>(
    () => ({
      sendCode: (wantedApp, mobile, answer) => withClient(wantedApp, (next) => sendCode(next.phone, mobile, answer)),
      requestPicture: (wantedApp) => withClient(wantedApp, (next) => next.phone.requestPicture()),
      signIn: (wantedApp, mobile, code) =>
        enter(wantedApp, async (next) => {
          const proof = await next.signInWithMobile(mobile, code);
          hold(proof === null ? null : { appId: wantedApp, mobile, proof });
          return proof === null;
        }),
    }),
    [enter, hold],
  );

  const takeOver = useCallback(async () => {
    if (client && (await client.resume())) setPhase("signed-in");
    else setPhase("signed-out");
  }, [client]);

  return {
    phase,
    client,
    appId,
    kickReason,
    takeOver,
    signIn: async ({ appId: wantedApp, name, password }) => {
      await enter(wantedApp, async (next) => {
        await next.signIn({ name, password });
        await bindTo(next, wantedApp);
        return true;
      });
    },
    register: async ({ appId: wantedApp, name, password }) => {
      await enter(wantedApp, async (next) => {
        await next.register({ username: name, password });
        await next.signIn({ name, password });
        await bindTo(next, wantedApp);
        return true;
      });
    },
    numberToBind: held?.mobile ?? null,
    dropNumber: () => hold(null),
    numberOutcome: outcome,
    signInWithCode,
    phone,
    requestReset: (wantedApp, contact) => withClient(wantedApp, (client) => client.requestPasswordReset(contact)),
    resetPassword: (wantedApp, reset) => withClient(wantedApp, (client) => client.resetPassword(reset)),
  };
}

/** For calls that nobody need be signed in for. */
async function withClient<T>(appId: string, run: (client: ChatClient) => Promise<T>): Promise<T> {
  const client = connector.create(appId);
  try {
    return await run(client);
  } finally {
    void client.dispose();
  }
}
