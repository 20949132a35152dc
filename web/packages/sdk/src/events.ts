import type { ClientEventHandler, ClientEventName, ClientEvents } from "./types.js";

/** Typed events. A handler that throws does not stop the others, nor the SDK. */
export class Emitter {
  private readonly handlers = new Map<ClientEventName, Set<(event: never) => void>>();

  on<K extends ClientEventName>(name: K, handler: ClientEventHandler<K>): () => void {
    const set = this.handlers.get(name) ?? new Set();
    set.add(handler);
    this.handlers.set(name, set);
    return () => set.delete(handler);
  }

  emit<K extends ClientEventName>(name: K, event: ClientEvents[K]): void {
    for (const handler of [...(this.handlers.get(name) ?? [])]) {
      try {
        (handler as ClientEventHandler<K>)(event);
      } catch (error) {
        console.error(`handler of "${name}" failed`, error);
      }
    }
  }
}
