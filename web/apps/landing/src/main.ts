import { savedLocale, saveLocale } from "./locale";
import { texts, type Locale, type TextKey } from "./texts";
import { isDarkNow, showTheme, themeKey } from "./theme";

type Health = "checking" | "up" | "down";
let health: Health = "checking";

function showTexts(locale: Locale): void {
  const words = texts[locale];
  document.documentElement.lang = locale;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) element.textContent = words[element.dataset.text as TextKey];
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) element.ariaLabel = words[element.dataset.label as TextKey];
  const status = document.querySelector("[data-health]");
  if (status) status.textContent = words[health];
  const button = document.getElementById("locale");
  if (button) {
    button.textContent = locale === "en" ? "简体中文" : "English";
    button.lang = locale === "en" ? "zh-CN" : "en";
  }
}

async function checkHealth(): Promise<void> {
  const isUp = await fetch("/api/health").then(
    (answer) => answer.ok,
    () => false,
  );
  health = isUp ? "up" : "down";
  document.getElementById("health")?.setAttribute("data-state", health);
  showTexts(savedLocale());
}

async function showServer(): Promise<void> {
  const answer = await fetch("/client/v1/server");
  const server = (await answer.json()) as { name?: string; version?: string };
  const version = document.getElementById("version");
  if (version && server.version) version.textContent = `${server.name ?? "Cerulean"} ${server.version}`;
}

showTheme();
showTexts(savedLocale());

const origin = document.getElementById("origin");
if (origin) origin.textContent = window.location.origin;

document.getElementById("locale")?.addEventListener("click", () => {
  saveLocale(savedLocale() === "en" ? "zh-CN" : "en");
  showTexts(savedLocale());
});
document.getElementById("theme")?.addEventListener("click", () => {
  localStorage.setItem(themeKey, isDarkNow() ? "light" : "dark");
  showTheme();
});

void checkHealth();
// The version is an extra; without it the page is complete.
void showServer().catch(() => undefined);
