import { useSyncExternalStore } from "react";

/** Whether this browser shows notifications: a choice for this device, apart from the settings of the account. */
const key = "cerulean.desktopNotifications";
const listeners = new Set<() => void>();

export type DesktopState = "unsupported" | "denied" | "off" | "on";

export function readDesktopState(): DesktopState {
  if (typeof Notification === "undefined") return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && localStorage.getItem(key) === "on" ? "on" : "off";
}

/** Asks the browser's user where needed, so it must follow a click. */
export async function turnDesktop(isOn: boolean): Promise<void> {
  if (isOn && Notification.permission === "default") await Notification.requestPermission();
  localStorage.setItem(key, isOn ? "on" : "off");
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDesktopState(): DesktopState {
  return useSyncExternalStore(subscribe, readDesktopState);
}
