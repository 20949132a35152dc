import { MockClient, type MockOptions } from "@cerulean/mock-api";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import { VirtuosoMockContext } from "react-virtuoso";
import { ClientContext } from "../client/ClientContext";
import { UiProvider } from "../ui/UiContext";

/** Renders a part of the messenger for a signed-in user of the mock world. */
export function renderSignedIn(node: ReactNode, options: MockOptions = {}): RenderResult & { client: MockClient } {
  const client = new MockClient({ isSignedIn: true, ...options });
  const result = render(
    <VirtuosoMockContext.Provider value={{ viewportHeight: 2000, itemHeight: 50 }}>
      <ClientContext.Provider value={client}>
        <UiProvider>{node}</UiProvider>
      </ClientContext.Provider>
    </VirtuosoMockContext.Provider>,
  );
  return Object.assign(result, { client });
}
