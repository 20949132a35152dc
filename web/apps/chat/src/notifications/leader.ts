/**
 * Becomes the one tab of this browser that notifies, as soon as no other is; `isLeader` tells whether it has. Without Web Locks every tab
 * leads, since a message told twice is better than one never told.
 */
export function electLeader(name: string, locks: LockManager | undefined = navigator.locks): { isLeader(): boolean; resign(): void } {
  if (!locks) return { isLeader: () => true, resign: () => undefined };
  const waiting = new AbortController();
  let isLeader = false;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  locks
    .request(name, { signal: waiting.signal }, () => {
      isLeader = true;
      return held;
    })
    // Resigning while still waiting ends the request with an error.
    .catch(() => undefined);
  return {
    isLeader: () => isLeader,
    resign: () => {
      isLeader = false;
      waiting.abort();
      release();
    },
  };
}
