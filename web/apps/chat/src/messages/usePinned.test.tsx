import { act, fireEvent, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { usePinned } from "./usePinned";

let report: (isAtBottom: boolean) => void = () => {};

function Probe() {
  const frame = useRef<HTMLDivElement>(null);
  const { isAtBottom, setAtBottom } = usePinned(frame, ".scroller");
  report = setAtBottom;
  return (
    <div ref={frame}>
      <div className="scroller" data-testid="scroller" />
      <output>{isAtBottom ? "end" : "elsewhere"}</output>
    </div>
  );
}

function scrollTo(top: number) {
  const scroller = screen.getByTestId("scroller");
  Object.defineProperties(scroller, {
    scrollHeight: { value: 2000, configurable: true },
    clientHeight: { value: 500, configurable: true },
    scrollTop: { value: top, configurable: true, writable: true },
  });
  fireEvent.scroll(scroller);
}

/** The page was opened this moment, and no time passes. */
beforeEach(() => void vi.spyOn(performance, "now").mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

describe("usePinned", () => {
  it("takes a move away from the end for the layout's doing while nobody touches the list", () => {
    render(<Probe />);
    act(() => report(true));
    act(() => report(false));
    expect(screen.getByRole("status")).toHaveTextContent("end");
  });

  it("knows that the user left the end although the list reported it before it belonged to a gesture", () => {
    render(<Probe />);
    act(() => report(true));
    act(() => report(false));
    scrollTo(1500);
    fireEvent.wheel(screen.getByTestId("scroller"));
    scrollTo(100);
    expect(screen.getByRole("status")).toHaveTextContent("elsewhere");
  });
});
