import { MockClient } from "./client";

/** Stands in for the messenger's own connector in `vite --mode mock`; the client is reachable as `mock` in the browser console. */
export const connector = {
  serverInfo: async () => ({ name: "Cerulean", version: "0.1.0", defaultApp: "demo" }),
  create: () => {
    const isSignedIn = !new URLSearchParams(window.location.search).has("signed-out");
    const client = new MockClient({ isSignedIn, delay: 250, hasReplies: true });
    Object.assign(window, { mock: client });
    return client;
  },
};
