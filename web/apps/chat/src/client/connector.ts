import { CeruleanClient, type ServerInfo } from "@cerulean/sdk";
import { readLocale } from "../i18n";
import type { ChatClient } from "./client";

export interface Connector {
  serverInfo(): Promise<ServerInfo>;
  create(appId: string): ChatClient;
}

const baseUrl: string = import.meta.env.VITE_SERVER_URL || window.location.origin;

export const connector: Connector = {
  serverInfo: () => CeruleanClient.serverInfo(baseUrl),
  create: (appId) => new CeruleanClient({ baseUrl, appId, locale: readLocale() }),
};
