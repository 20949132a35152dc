import { describe, expect, it } from "vitest";
import { daysAgo, formatClock, formatSize } from "./time";

describe("time", () => {
  it("counts calendar days, not periods of 24 hours", () => {
    const lateYesterday = new Date(2026, 4, 9, 23, 59).getTime();
    const earlyToday = new Date(2026, 4, 10, 0, 1).getTime();
    expect(daysAgo(lateYesterday, earlyToday)).toBe(1);
    expect(daysAgo(earlyToday, earlyToday)).toBe(0);
  });

  it("shows the clock with 24 hours in every locale", () => {
    const afternoon = new Date(2026, 4, 10, 15, 4).getTime();
    expect(formatClock(afternoon, "en")).toBe("15:04");
    expect(formatClock(afternoon, "zh-CN")).toBe("15:04");
  });

  it("shows sizes in the unit that fits", () => {
    expect(formatSize(900)).toBe("900 B");
    expect(formatSize(1536)).toBe("1.5 KB");
    expect(formatSize(250 * 1024 * 1024)).toBe("250 MB");
  });
});
