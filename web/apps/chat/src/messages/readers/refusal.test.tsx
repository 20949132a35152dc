import { CeruleanError } from "@cerulean/sdk";
import { makeMessage, MockClient } from "@cerulean/mock-api";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClientContext } from "../../client/ClientContext";
import { useReadCounts } from "./useReadCounts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([
  ["not-found", 1],
  ["offline", 3],
])("a server that answers %s is asked %i times within 25 seconds", async (reason, times) => {
  const client = new MockClient({ isSignedIn: true });
  const readCounts = vi.spyOn(client.messages, "readCounts").mockRejectedValue(new CeruleanError(0, reason, ""));
  const messages = [makeMessage({ mid: 5, xid: 2001, from: 1001 })];
  const wrapper = ({ children }: { children: ReactNode }) => <ClientContext.Provider value={client}>{children}</ClientContext.Provider>;
  renderHook(() => useReadCounts(2001, true, messages), { wrapper });
  await act(() => vi.advanceTimersByTimeAsync(25_000));
  expect(readCounts).toHaveBeenCalledTimes(times);
});
