import { describe, expect, it } from "vitest";
import { loadEstimator } from "./passwordStrength";

describe("a password", () => {
  it.each([
    ["password", 0, "common"],
    ["heron2024", 1, "personal"],
    ["vejuk", 2, "longer"],
    ["four quiet herons by the lake", 4, "none"],
  ])("%s is at most %i and is told: %s", async (password, most, advice) => {
    const strength = (await loadEstimator())(password, ["heron"]);
    expect(strength.score).toBeLessThanOrEqual(most);
    expect(strength.advice).toBe(advice);
  });
});
