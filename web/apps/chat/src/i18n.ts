import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { texts } from "./locales/texts";

export type Locale = "en" | "zh-CN";

const key = "cerulean.locale";

export function readLocale(): Locale {
  const saved = localStorage.getItem(key);
  if (saved === "en" || saved === "zh-CN") return saved;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export function saveLocale(locale: Locale): void {
  localStorage.setItem(key, locale);
  document.documentElement.lang = locale;
  void i18next.changeLanguage(locale);
}

export function startI18n(locale: Locale = readLocale()): typeof i18next {
  document.documentElement.lang = locale;
  void i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: "en",
    resources: { en: { translation: texts.en }, "zh-CN": { translation: texts["zh-CN"] } },
    interpolation: { escapeValue: false },
    initAsync: false,
    showSupportNotice: false,
  });
  return i18next;
}
