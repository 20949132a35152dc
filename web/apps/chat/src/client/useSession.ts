import { useCallback, useEffect, useRef, useState } from "react";
import { connector } from "#connector";
import type { KickReason } from "@cerulean/sdk";
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
  takeOver(): Promise<void>;
}

/** Takes up the stored session, and follows sign-in, sign-out and being kicked. */
export function useSession(): Session {
  const [phase, setPhase] = useState<SessionPhase>("starting");
  const [client, setClient] = useState<ChatClient | null>(null);
  const [appId, setAppId] = useState(() => localStorage.getItem(appIdKey) ?? "");
  const [kickReason, setKickReason] = useState<KickReason | null>(null);
  const isStarted = useRef(false);

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
    async (credentials: Credentials, isNew: boolean) => {
      const { name, password } = credentials;
      const next = connector.create(credentials.appId);
      try {
        if (isNew) await next.register({ username: name, password });
        await next.signIn({ name, password });
      } catch (error) {
        void next.dispose();
        throw error;
      }
      void client?.dispose();
      localStorage.setItem(appIdKey, credentials.appId);
      setAppId(credentials.appId);
      setKickReason(null);
      setClient(next);
      setPhase("signed-in");
    },
    [client],
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
    signIn: (credentials) => enter(credentials, false),
    register: (credentials) => enter(credentials, true),
  };
}
