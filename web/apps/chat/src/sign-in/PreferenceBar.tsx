import { useState } from "react";
import { Languages, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { saveLocale } from "../i18n";
import { saveThemeChoice } from "../theme/theme";
import { Button } from "../ui/Button";

/** Language and brightness before anybody has signed in. */
export function PreferenceBar() {
  const { t, i18n } = useTranslation();
  const [isDark, setDark] = useState(() => document.documentElement.dataset.theme === "dark");
  const otherLocale = i18n.language === "zh-CN" ? "en" : "zh-CN";
  return (
    <div className="preference-bar">
      <Button
        tone="ghost"
        icon={<Languages size={18} aria-hidden />}
        lang={otherLocale}
        data-testid="switch-language"
        onClick={() => saveLocale(otherLocale)}
      >
        {otherLocale === "en" ? "English" : "简体中文"}
      </Button>
      <Button
        tone="ghost"
        icon={isDark ? <Sun size={18} aria-hidden /> : <Moon size={18} aria-hidden />}
        data-testid="switch-theme"
        onClick={() => {
          saveThemeChoice(isDark ? "light" : "dark");
          setDark(!isDark);
        }}
      >
        {t(isDark ? "settings.light" : "settings.dark")}
      </Button>
    </div>
  );
}
