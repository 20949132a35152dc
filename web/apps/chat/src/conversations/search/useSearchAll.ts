import { useCallback, useEffect, useRef, useState } from "react";
import type { SearchAllProgress } from "@cerulean/sdk";
import { useAppContext } from "../../client/ClientContext";
import { errorText } from "../../client/errorText";

const typingMs = 300;

/** A single Latin letter is in every message; a single Chinese character is a word. */
export function isSearchable(text: string): boolean {
  const wanted = text.trim();
  return wanted.length > 1 || /[^\x20-\x7f]/u.test(wanted);
}

/** Searches the messages of all conversations while the user types; a new word ends the search before. */
export function useSearchAll(query: string) {
  const { client, t } = useAppContext();
  const text = isSearchable(query) ? query.trim() : "";
  const [progress, setProgress] = useState<SearchAllProgress | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState("");
  const [turn, setTurn] = useState(0);
  const running = useRef<AbortController | null>(null);

  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setRunning(false);
  }, []);

  useEffect(() => {
    stop();
    setProgress(null);
    setError("");
    if (!text) return;
    const controller = new AbortController();
    const isCurrent = () => running.current === controller;
    running.current = controller;
    setRunning(true);
    const timer = setTimeout(() => {
      client.messages
        .searchAll({ text }, { signal: controller.signal, onProgress: (now) => isCurrent() && setProgress(now) })
        .catch((thrown: unknown) => isCurrent() && setError(errorText(thrown, t)))
        .finally(() => isCurrent() && setRunning(false));
    }, typingMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [client, stop, t, text, turn]);

  return { isActive: text !== "", progress, isRunning, error, stop, again: () => setTurn((count) => count + 1) };
}

export type MessageSearch = ReturnType<typeof useSearchAll>;
