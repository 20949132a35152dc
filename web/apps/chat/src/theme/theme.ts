export type ThemeChoice = "light" | "dark" | "system";

const key = "cerulean.theme";
const darkQuery = "(prefers-color-scheme: dark)";

export function readThemeChoice(): ThemeChoice {
  const saved = localStorage.getItem(key);
  return saved === "light" || saved === "dark" ? saved : "system";
}

export function applyTheme(choice: ThemeChoice): void {
  const isDark = choice === "dark" || (choice === "system" && window.matchMedia(darkQuery).matches);
  const root = document.documentElement;
  root.dataset.theme = isDark ? "dark" : "light";
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", isDark ? "#131c24" : "#ffffff");
}

export function saveThemeChoice(choice: ThemeChoice): void {
  localStorage.setItem(key, choice);
  applyTheme(choice);
}

/** Applies the saved choice and follows the system while the choice is "system". */
export function startTheme(): void {
  applyTheme(readThemeChoice());
  window.matchMedia(darkQuery).addEventListener("change", () => applyTheme(readThemeChoice()));
}
