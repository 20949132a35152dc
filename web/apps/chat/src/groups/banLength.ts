import type { TFunction } from "i18next";
import type { Ui } from "../ui/UiContext";

/** Minutes; -1 is for ever. */
const lengths = [10, 60, 8 * 60, 24 * 60, 7 * 24 * 60, -1] as const;

/** Asks how long somebody, or everybody, is to be silent; null when it is called off. */
export async function chooseBanLength(ui: Ui, t: TFunction, title: string, confirmLabel: string): Promise<number | null> {
  const options = lengths.map((minutes) => ({ id: String(minutes), label: t(`ban.for${minutes < 0 ? "Ever" : minutes}`) }));
  const chosen = await ui.choose({ title, options, initial: "60", confirmLabel });
  return chosen === null ? null : Number(chosen);
}

/** When a ban ends, for people: empty when there is none. `until` is in milliseconds, -1 for ever. */
export function describeBan(until: number, locale: string, t: TFunction): string {
  if (until === 0) return "";
  if (until < 0) return t("ban.forEverNote");
  return t("ban.until", { time: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(until) });
}
