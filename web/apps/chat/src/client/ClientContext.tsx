import { createContext, useContext, useEffect, useMemo, useReducer } from "react";
import type { ClientEventName } from "@cerulean/sdk";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { RunAction } from "../ui/action";
import { useUi, type Ui } from "../ui/UiContext";
import type { ChatClient } from "./client";
import { errorText } from "./errorText";

export const ClientContext = createContext<ChatClient | null>(null);

export function useClient(): ChatClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("useClient needs a signed-in session above it");
  return client;
}

/** Reads from the client now and again after each of the events. */
export function useLive<T>(events: readonly ClientEventName[], read: (client: ChatClient) => T): T {
  const client = useClient();
  const [, refresh] = useReducer((count: number) => count + 1, 0);
  const names = events.join();
  useEffect(() => {
    const stops = names.split(",").map((name) => client.on(name as ClientEventName, refresh));
    // Something may have changed between rendering and subscribing.
    refresh();
    return () => stops.forEach((stop) => stop());
  }, [client, names]);
  return read(client);
}

/** What an action gets to work with. */
export interface AppContext {
  client: ChatClient;
  ui: Ui;
  t: TFunction;
  /** Runs something and shows its failure as a toast. */
  guard: RunAction;
}

export function useAppContext(): AppContext {
  const client = useClient();
  const ui = useUi();
  const { t } = useTranslation();
  return useMemo(() => {
    const guard: RunAction = (run) => {
      void (async () => {
        try {
          await run();
        } catch (error) {
          ui.toast(errorText(error, t), "error");
        }
      })();
    };
    return { client, ui, t, guard };
  }, [client, ui, t]);
}
