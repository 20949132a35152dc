import { useCallback, useRef } from "react";

/** A function that keeps its identity and always calls the newest version of `run`. For event handlers, never while rendering. */
export function useStable<Args extends unknown[], R>(run: (...args: Args) => R): (...args: Args) => R {
  const latest = useRef(run);
  latest.current = run;
  return useCallback((...args: Args) => latest.current(...args), []);
}
