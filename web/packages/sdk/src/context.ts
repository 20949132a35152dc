import type { Emitter } from "./events.js";
import type { Rest } from "./rest/rest.js";
import type { Store } from "./store/store.js";
import type { Wire } from "./transport/wire.js";

/** What the parts of a client share. */
export interface Context {
  readonly rest: Rest;
  readonly wire: Wire;
  readonly events: Emitter;
  /** Storage of the signed-in user. */
  store(): Store;
  /** Id of the signed-in user, 0 when there is none. */
  self(): number;
  deviceSn(): number;
  isOnline(): boolean;
  isGroup(xid: number): boolean;
  send(frame: Uint8Array): boolean;
  /** An own item was stored by the server as the given id of a conversation. */
  noteSent(xid: number, mid: number, prevMid: number): void;
  /** The server no longer takes the token of this session. */
  handleTokenInvalid(): void;
  handleError(error: unknown): void;
}
