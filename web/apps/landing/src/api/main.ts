import { savedLocale, saveLocale } from "../locale";
import { showTheme } from "../theme";
import { readOperations, search, type ApiDocument, type Operation } from "./document";
import { texts, type ApiTexts } from "./texts";
import { operationsView } from "./view";

const place = document.getElementById("operations") as HTMLElement;
const input = document.getElementById("search") as HTMLInputElement;
let operations: Operation[] | "loading" | "failed" = "loading";

function words(): ApiTexts {
  return texts[savedLocale()];
}

function show(): void {
  const found = document.getElementById("found") as HTMLElement;
  if (typeof operations === "string") {
    place.textContent = words()[operations];
    return;
  }
  const matching = search(operations, input.value);
  found.textContent = words().found.replace("{n}", String(matching.length));
  place.replaceChildren(...operationsView(words(), matching));
}

function showTexts(): void {
  const locale = savedLocale();
  document.documentElement.lang = locale;
  document.title = `Cerulean: ${words().title}`;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) element.textContent = words()[element.dataset.text as keyof ApiTexts];
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) element.ariaLabel = words()[element.dataset.label as keyof ApiTexts];
  const button = document.getElementById("locale") as HTMLElement;
  button.textContent = locale === "en" ? "简体中文" : "English";
  button.lang = locale === "en" ? "zh-CN" : "en";
  show();
}

/** Shows the operation, or all of one kind, that the address names. */
function openNamed(): void {
  const named = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
  named?.scrollIntoView();
}

async function load(): Promise<void> {
  try {
    const answer = await fetch("/openapi.json");
    operations = readOperations((await answer.json()) as ApiDocument);
  } catch {
    operations = "failed";
  }
  show();
  openNamed();
}

showTheme();
showTexts();
document.getElementById("locale")?.addEventListener("click", () => {
  saveLocale(savedLocale() === "en" ? "zh-CN" : "en");
  showTexts();
});
document.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("input", show);
window.addEventListener("hashchange", openNamed);
void load();
