import type { ClientEventHandler, ClientEventName, ClientEvents } from "@cerulean/sdk";

type Handler = (event: never) => void;

/** Typed events, as the real client has them. */
export class Events {
  readonly #handlers = new Map<ClientEventName, Set<Handler>>();

  on<K extends ClientEventName>(name: K, handler: ClientEventHandler<K>): () => void {
    const set = this.#handlers.get(name) ?? new Set<Handler>();
    this.#handlers.set(name, set.add(handler as Handler));
    return () => set.delete(handler as Handler);
  }

  emit<K extends ClientEventName>(name: K, event: ClientEvents[K]): void {
    for (const handler of [...(this.#handlers.get(name) ?? [])]) (handler as ClientEventHandler<K>)(event);
  }
}
