import { describe, expect, it } from "vitest";
import { electLeader } from "./leader";

/** One lock, as browsers keep it: whoever asks first holds it until his promise ends. */
function fakeLocks(): LockManager {
  let tail: Promise<unknown> = Promise.resolve();
  const request = (_name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>) => {
    const turn = tail.then(() => (signal.aborted ? undefined : hold()));
    tail = turn.catch(() => undefined);
    return turn;
  };
  return { request } as unknown as LockManager;
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("tabs of one browser", () => {
  it("have one that notifies, and another when it goes", async () => {
    const locks = fakeLocks();
    const [first, second] = [electLeader("n", locks), electLeader("n", locks)];
    await settle();
    expect([first.isLeader(), second.isLeader()]).toEqual([true, false]);
    first.resign();
    await settle();
    expect([first.isLeader(), second.isLeader()]).toEqual([false, true]);
  });

  it("pass over one that went while it waited", async () => {
    const locks = fakeLocks();
    const [first, second, third] = [electLeader("n", locks), electLeader("n", locks), electLeader("n", locks)];
    second.resign();
    first.resign();
    await settle();
    await settle();
    expect([second.isLeader(), third.isLeader()]).toEqual([false, true]);
  });
});
