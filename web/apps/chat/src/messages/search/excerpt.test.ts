import { describe, expect, it } from "vitest";
import { excerpt } from "./excerpt";

describe("excerpt", () => {
  it("marks every place, whatever the case", () => {
    expect(excerpt("Nest, nest!", "NEST")).toEqual([
      { text: "Nest", isHit: true },
      { text: ", ", isHit: false },
      { text: "nest", isHit: true },
      { text: "!", isHit: false },
    ]);
  });

  it("shows the surroundings of a hit far inside a long text", () => {
    const parts = excerpt(`${"a ".repeat(200)}needle${" b".repeat(200)}`, "needle");
    expect(parts.map((part) => part.isHit)).toEqual([false, true, false]);
    expect(parts[0]!.text.startsWith("…")).toBe(true);
    expect(parts[2]!.text.endsWith("…")).toBe(true);
  });

  it("shows the beginning where nothing is marked", () => {
    expect(excerpt("plan.pdf", "")).toEqual([{ text: "plan.pdf", isHit: false }]);
  });
});
