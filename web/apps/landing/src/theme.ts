/** The same key as the messenger uses, so that a choice made here holds there. */
export const themeKey = "cerulean.theme";

export function isDarkNow(): boolean {
  const saved = localStorage.getItem(themeKey);
  return saved === "dark" || (saved !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
}

export function showTheme(): void {
  document.documentElement.dataset.theme = isDarkNow() ? "dark" : "light";
}
