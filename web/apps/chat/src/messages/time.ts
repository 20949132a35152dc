import type { TFunction } from "i18next";

const dayMs = 86_400_000;

function startOfDay(timestamp: number): number {
  return new Date(timestamp).setHours(0, 0, 0, 0);
}

export function isSameDay(a: number, b: number): boolean {
  return startOfDay(a) === startOfDay(b);
}

export function daysAgo(timestamp: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(timestamp)) / dayMs);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Building a formatter is slow, and a long list formats thousands of times. */
function formatter(locale: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}/${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, options);
    formats.set(key, found);
  }
  return found;
}

export function formatClock(timestamp: number, locale: string): string {
  return formatter(locale, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(timestamp);
}

export function formatFull(timestamp: number, locale: string): string {
  return formatter(locale, "full", { dateStyle: "long", timeStyle: "medium" }).format(timestamp);
}

/** Short form for the conversation list: clock today, then "yesterday", weekday, date. */
export function formatListTime(timestamp: number, locale: string, t: TFunction, now = Date.now()): string {
  const days = daysAgo(timestamp, now);
  if (days <= 0) return formatClock(timestamp, locale);
  if (days === 1) return t("time.yesterday");
  if (days < 7) return formatter(locale, "weekday", { weekday: "short" }).format(timestamp);
  return formatter(locale, "date", { year: "2-digit", month: "numeric", day: "numeric" }).format(timestamp);
}

/** Heading above the first message of a day. */
export function formatDay(timestamp: number, locale: string, t: TFunction, now = Date.now()): string {
  const days = daysAgo(timestamp, now);
  if (days <= 0) return t("time.today");
  if (days === 1) return t("time.yesterday");
  const isThisYear = new Date(timestamp).getFullYear() === new Date(now).getFullYear();
  return isThisYear
    ? formatter(locale, "day", { weekday: "short", month: "long", day: "numeric" }).format(timestamp)
    : formatter(locale, "dayYear", { year: "numeric", month: "long", day: "numeric" }).format(timestamp);
}

export function formatSize(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? "B"}`;
}

/** Minutes and seconds of a recording. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
