import { useCallback, useEffect, useRef, useState } from "react";

interface AsyncState<T> {
  value: T | undefined;
  error: unknown;
  isLoading: boolean;
  reload(): void;
}

/** Loads a value now and whenever `key` changes; a late answer to an old key is dropped. */
export function useAsync<T>(key: string | number, load: () => Promise<T>): AsyncState<T> {
  const [state, setState] = useState<{ key: string | number; value?: T; error?: unknown; isLoading: boolean }>({ key, isLoading: true });
  const [turn, setTurn] = useState(0);
  const latestLoad = useRef(load);
  latestLoad.current = load;

  useEffect(() => {
    let isCurrent = true;
    latestLoad.current().then(
      (value) => isCurrent && setState({ key, value, isLoading: false }),
      (error: unknown) => isCurrent && setState((old) => ({ ...old, key, error, isLoading: false })),
    );
    return () => {
      isCurrent = false;
    };
  }, [key, turn]);

  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const isFresh = state.key === key;
  return {
    value: isFresh ? state.value : undefined,
    error: isFresh ? state.error : undefined,
    isLoading: !isFresh || state.isLoading,
    reload,
  };
}
