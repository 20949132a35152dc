import type { Device } from "@cerulean/sdk";
import type { TFunction } from "i18next";

/** Platform numbers of the public protocol. */
const platforms: Record<number, string> = { 1: "iOS", 2: "Android", 3: "Windows", 4: "macOS", 5: "Linux", 6: "Web" };

function firstMatch(text: string, names: [RegExp, string][]): string {
  return names.find(([pattern]) => pattern.test(text))?.[1] ?? "";
}

export function describeDevice(
  { platform, userAgent }: Pick<Device, "platform" | "userAgent">,
  t: TFunction,
): { name: string; isPhone: boolean } {
  const isPhone = platform === 1 || platform === 2 || /Android|iPhone|Mobile/u.test(userAgent);
  const browser = firstMatch(userAgent, [
    [/Edg\//u, "Edge"],
    [/Firefox\//u, "Firefox"],
    [/Chrome\//u, "Chrome"],
    [/Safari\//u, "Safari"],
  ]);
  const system = firstMatch(userAgent, [
    [/Windows/u, "Windows"],
    [/Android/u, "Android"],
    [/iPhone|iPad/u, "iOS"],
    [/Mac OS/u, "macOS"],
    [/Linux/u, "Linux"],
  ]);
  const known = platforms[platform] ?? "";
  if (browser && system) return { name: t("account.browserOn", { browser, system }), isPhone };
  return { name: userAgent.slice(0, 60) || known || t("account.unknownDevice"), isPhone };
}
