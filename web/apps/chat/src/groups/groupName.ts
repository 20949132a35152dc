import type { Group } from "@cerulean/sdk";
import i18next from "i18next";

/** What to call a group: by its name, else by the first few members, else by its number. */
export function groupName({ groupId, name, memberNames = [] }: Pick<Group, "groupId" | "name" | "memberNames">): string {
  if (name) return name;
  if (memberNames.length === 0) return i18next.t("group.unnamed", { id: groupId });
  return memberNames.join(i18next.t("group.nameSeparator"));
}
