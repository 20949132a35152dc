import { describe, expect, it } from "vitest";
import { barsOf, loudness, toWaveform, waveBars } from "./waveform";

describe("waveform", () => {
  it("has the same number of bars for any length, the loudest at full height", () => {
    for (const count of [1, 10, waveBars, 1000]) {
      const bars = toWaveform(Array.from({ length: count }, (_, index) => (index + 1) / count / 2));
      expect(bars).toHaveLength(waveBars);
      expect(Math.max(...bars)).toBe(31);
    }
  });

  it("stays low for silence", () => {
    expect(Math.max(...toWaveform([0.001, 0.002]))).toBeLessThan(3);
    expect(toWaveform([])).toEqual(Array.from({ length: waveBars }, () => 0));
  });

  it("is drawn also for messages without one", () => {
    expect(barsOf(undefined)).toHaveLength(waveBars);
    expect(barsOf([1, 2])).toEqual([1, 2]);
  });

  it("measures how loud samples are", () => {
    expect(loudness(new Uint8Array([128, 128]))).toBe(0);
    expect(loudness(new Uint8Array([0, 255]))).toBe(1);
  });
});
