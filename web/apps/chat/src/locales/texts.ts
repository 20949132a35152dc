import en from "./en.json";
import enPeople from "./en.people.json";
import zhCN from "./zh-CN.json";
import zhCNPeople from "./zh-CN.people.json";

/** All texts by locale; the sections of groups, people and settings pages have files of their own. */
export const texts = {
  en: { ...en, ...enPeople },
  "zh-CN": { ...zhCN, ...zhCNPeople },
};
