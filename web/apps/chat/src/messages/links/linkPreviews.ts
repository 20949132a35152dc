import { useSyncExternalStore } from "react";

const key = "cerulean.link-previews";
const listeners = new Set<() => void>();

function areLinkPreviewsOn(): boolean {
  return localStorage.getItem(key) !== "off";
}

export function saveLinkPreviews(isOn: boolean): void {
  localStorage.setItem(key, isOn ? "on" : "off");
  listeners.forEach((tell) => tell());
}

/** Whether this browser shows previews of links. */
export function useLinkPreviews(): boolean {
  return useSyncExternalStore(subscribe, areLinkPreviewsOn);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
