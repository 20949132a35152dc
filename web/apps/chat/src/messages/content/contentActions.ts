import { createContext, useContext } from "react";
import type { Message } from "@cerulean/sdk";

/** What the inside of a message can ask of the conversation around it. */
export interface ContentActions {
  openImage(message: Message): void;
  openRecord(message: Message): void;
  /** Breaks off the upload and drops the message. */
  cancel(message: Message): void;
  notePlayed(message: Message): void;
}

export const ContentActionsContext = createContext<ContentActions | null>(null);

export function useContentActions(): ContentActions {
  const actions = useContext(ContentActionsContext);
  if (!actions) throw new Error("useContentActions needs a ContentActionsContext above it");
  return actions;
}
