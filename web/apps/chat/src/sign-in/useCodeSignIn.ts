import { useCallback, useEffect, useRef, useState } from "react";
import type { SignInCode, SignInCodeStatus } from "@cerulean/sdk";
import type { Session } from "../client/useSession";

export type CodePhase =
  | { kind: "closed" }
  | { kind: "asking" }
  | { kind: "shown"; url: string; status: SignInCodeStatus }
  | { kind: "failed"; error: unknown };

/** One code at a time: a new one, closing and leaving the page call the one before off. */
export function useCodeSignIn(appId: string, onCode: Session["signInWithCode"]) {
  const [phase, setPhase] = useState<CodePhase>({ kind: "closed" });
  const running = useRef<AbortController | null>(null);

  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setPhase({ kind: "closed" });
  }, []);

  const start = useCallback(() => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setPhase({ kind: "asking" });
    const show = (code: SignInCode) => setPhase({ kind: "shown", url: code.url, status: "waiting" });
    const follow = (status: SignInCodeStatus) => setPhase((old) => (old.kind === "shown" ? { ...old, status } : old));
    onCode(appId, { onCode: show, onStatus: follow, signal: mine.signal }).catch((error: unknown) => {
      if (!mine.signal.aborted) setPhase({ kind: "failed", error });
    });
  }, [appId, onCode]);

  useEffect(() => () => running.current?.abort(), []);
  return { phase, start, stop };
}
