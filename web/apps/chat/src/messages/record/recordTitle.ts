import type { MergedRecord } from "@cerulean/sdk";
import type { TFunction } from "i18next";

/** In the reader's language where the record says what it is of; older ones hold the title of their sender. */
export function recordTitle({ of, title }: MergedRecord, t: TFunction): string {
  return of ? t("record.titleOf", { name: of }) : title || t("record.title");
}
