import { useCallback, useEffect, useRef, useState } from "react";
import type { Message, MessageKind, SearchProgress } from "@cerulean/sdk";
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

  const run = useCallback(
    (controller: AbortController, earlier: Message[]) => {
      const isCurrent = () => running.current === controller;
      const kinds = kindsOf[scope];
      const before = earlier.at(-1)?.mid;
      client.messages
        .search(xid, { text, ...(kinds ? { kinds } : {}) }, {
          signal: controller.signal,
          ...(before === undefined ? {} : { before }),
          onProgress: (now) => isCurrent() && setProgress({ ...now, hits: [...earlier, ...now.hits] }),
        })
        .catch((thrown: unknown) => isCurrent() && setError(errorText(thrown, t)))
        .finally(() => isCurrent() && setRunning(false));
    },
    [client, scope, t, text, xid],
  );

  const begin = useCallback(() => {
    const controller = new AbortController();
    running.current = controller;
    setError("");
    setRunning(true);
    return controller;
  }, []);

  useEffect(() => {
    stop();
    setProgress(null);
    setError("");
    if (!text.trim() && scope === "all") return;
    const controller = begin();
    const timer = setTimeout(() => run(controller, []), typingMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [begin, run, scope, stop, text]);

  // Whoever closes the panel, or searches for something else, ends what goes on here too.
  useEffect(() => stop, [stop]);
  /** Goes on behind the oldest hit. */
  const more = () => {
    stop();
    run(begin(), progress?.hits ?? []);
  };

  return { text, setText, scope, setScope, progress, isRunning, error, stop, more };
}
