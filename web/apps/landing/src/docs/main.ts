import { savedLocale, saveLocale } from "../locale";
import { showTheme } from "../theme";
import { texts, type DocsText } from "./texts";

function showTexts(): void {
  const locale = savedLocale();
  const words = texts[locale];
  document.documentElement.lang = locale;
  document.title = `Cerulean: ${words.title}`;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) element.textContent = words[element.dataset.text as DocsText];
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) element.ariaLabel = words[element.dataset.label as DocsText];
  const button = document.getElementById("locale") as HTMLElement;
  button.textContent = locale === "en" ? "简体中文" : "English";
  button.lang = locale === "en" ? "zh-CN" : "en";
}

showTheme();
showTexts();
document.getElementById("locale")?.addEventListener("click", () => {
  saveLocale(savedLocale() === "en" ? "zh-CN" : "en");
  showTexts();
});
