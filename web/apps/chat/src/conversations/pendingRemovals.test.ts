import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderHook, act } from "@testing-library/react";
import { cancelRemoval, scheduleRemoval, undoMs, usePendingRemovals } from "./pendingRemovals";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a deleted conversation", () => {
  it("is hidden at once and deleted after a while", async () => {
    const remove = vi.fn(async () => {});
    const { result } = renderHook(usePendingRemovals);
    act(() => scheduleRemoval(7, remove));
    expect([...result.current]).toEqual([7]);
    act(() => vi.advanceTimersByTime(undoMs - 1));
    expect(remove).not.toHaveBeenCalled();
    await act(() => vi.advanceTimersByTimeAsync(1));
    expect(remove).toHaveBeenCalledOnce();
    expect([...result.current]).toEqual([]);
  });

  it("comes back when that is taken back", () => {
    const remove = vi.fn(async () => {});
    const { result } = renderHook(usePendingRemovals);
    act(() => scheduleRemoval(7, remove));
    act(() => cancelRemoval(7));
    act(() => vi.advanceTimersByTime(undoMs * 2));
    expect(remove).not.toHaveBeenCalled();
    expect([...result.current]).toEqual([]);
  });
});
