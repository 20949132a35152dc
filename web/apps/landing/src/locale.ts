import type { Locale } from "./texts";

/** The same key as the messenger uses, so that a choice made here holds there. */
const localeKey = "cerulean.locale";

export function savedLocale(): Locale {
  const saved = localStorage.getItem(localeKey);
  if (saved === "en" || saved === "zh-CN") return saved;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export function saveLocale(locale: Locale): void {
  localStorage.setItem(localeKey, locale);
}
