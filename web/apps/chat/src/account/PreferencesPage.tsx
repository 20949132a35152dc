import { useState } from "react";
import { Check, Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { saveLocale, type Locale } from "../i18n";
import { readThemeChoice, saveThemeChoice, type ThemeChoice } from "../theme/theme";

const themes = [
  { id: "light", icon: Sun },
  { id: "dark", icon: Moon },
  { id: "system", icon: Monitor },
] as const;

const locales: { id: Locale; name: string }[] = [
  { id: "zh-CN", name: "简体中文" },
  { id: "en", name: "English" },
];

export function PreferencesPage() {
  const { t, i18n } = useTranslation();
  const [theme, setTheme] = useState<ThemeChoice>(readThemeChoice);
  return (
    <>
      <fieldset className="card choice-card">
        <legend>{t("settings.theme")}</legend>
        <div className="choice-tiles">
          {themes.map(({ id, icon: Icon }) => (
            <label key={id} className="choice-tile">
              <input
                type="radio"
                name="theme"
                checked={theme === id}
                data-testid={`theme-${id}`}
                onChange={() => {
                  setTheme(id);
                  saveThemeChoice(id);
                }}
              />
              <Icon size={24} aria-hidden />
              {t(`settings.${id}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset className="card choice-card">
        <legend>{t("settings.language")}</legend>
        {locales.map(({ id, name }) => (
          <label key={id} className="choice-row" lang={id}>
            <input type="radio" name="locale" checked={i18n.language === id} data-testid={`locale-${id}`} onChange={() => saveLocale(id)} />
            {name}
            <Check size={20} aria-hidden />
          </label>
        ))}
      </fieldset>
    </>
  );
}
