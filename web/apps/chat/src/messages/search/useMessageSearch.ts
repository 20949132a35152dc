import { useCallback, useEffect, useRef, useState } from "react";
import type { MessageKind, SearchProgress } from "@cerulean/sdk";
import { useAppContext } from "../../client/ClientContext";
import { errorText } from "../../client/errorText";

export type SearchScope = "all" | "media" | "files";

const kindsOf: Record<SearchScope, MessageKind[] | undefined> = { all: undefined, media: ["image", "video"], files: ["file", "audio"] };
const typingMs = 300;

/** Searches one conversation while its user types; a new word ends the search before. */
export function useMessageSearch(xid: number) {
  const { client, t } = useAppContext();
  const [text, setText] = useState("");
  const [scope, setScope] = useState<SearchScope>("all");
  const [progress, setProgress] = useState<SearchProgress | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState("");
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
    if (!text.trim() && scope === "all") return;
    const controller = new AbortController();
    const isCurrent = () => running.current === controller;
    running.current = controller;
    setRunning(true);
    const timer = setTimeout(() => {
      const kinds = kindsOf[scope];
      client.messages
        .search(xid, { text, ...(kinds ? { kinds } : {}) }, {
          signal: controller.signal,
          onProgress: (now) => isCurrent() && setProgress(now),
        })
        .catch((thrown: unknown) => isCurrent() && setError(errorText(thrown, t)))
        .finally(() => isCurrent() && setRunning(false));
    }, typingMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [client, scope, stop, t, text, xid]);

  return { text, setText, scope, setScope, progress, isRunning, error, stop };
}
