import { useReducer } from "react";
import { useClient } from "../../client/ClientContext";

/** Addresses on other servers that were asked for, while the page lives. */
const asked = new Set<string>();

export interface Foreign {
  /** Name of the server that would learn who looks; empty when nothing has to be asked. */
  host: string;
  load(): void;
}

/** Other servers learn address and time of whoever loads something from them, so that waits for a click. */
export function useForeign(...urls: (string | undefined)[]): Foreign {
  const client = useClient();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const foreign = urls.filter((url) => url !== undefined && url !== "" && !asked.has(url) && client.files.foreignHost(url) !== "") as string[];
  return {
    host: foreign[0] ? client.files.foreignHost(foreign[0]) : "",
    load: () => {
      foreign.forEach((url) => asked.add(url));
      redraw();
    },
  };
}
