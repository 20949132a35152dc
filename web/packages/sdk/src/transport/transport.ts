import { CeruleanError } from "../errors.js";

/** One connection that carries whole frames. The connection logic above it knows no socket. */
export interface Transport {
  send(data: Uint8Array): void;
  close(): void;
}

export interface TransportHandlers {
  onOpen(): void;
  onFrame(data: Uint8Array): void;
  /** At most once, also after a failed attempt to open. */
  onClose(): void;
}

export type TransportFactory = (url: string, handlers: TransportHandlers) => Transport;

/** What the SDK uses of a WebSocket; that of browsers, of Node.js 22 and of the package `ws` all fit. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketLike;

/** One binary WebSocket message = one frame; the address is the server's origin with path `/`. */
export function webSocketTransport(given?: WebSocketConstructor): TransportFactory {
  const Socket = given ?? ownWebSocket();
  return (url, handlers) => openSocket(new Socket(url), handlers);
}

function ownWebSocket(): WebSocketConstructor {
  if (typeof WebSocket === "undefined") {
    throw new CeruleanError(0, "no-websocket", "this runtime has no WebSocket: pass one as the option `webSocket`, such as that of the package ws");
  }
  return WebSocket;
}

function openSocket(socket: WebSocketLike, handlers: TransportHandlers): Transport {
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    handlers.onClose();
  };
  socket.binaryType = "arraybuffer";
  socket.onopen = () => handlers.onOpen();
  socket.onmessage = (event: MessageEvent) => {
    if (event.data instanceof ArrayBuffer) handlers.onFrame(new Uint8Array(event.data));
  };
  socket.onclose = close;
  socket.onerror = () => {
    socket.close();
    close();
  };
  return { send: (data) => socket.send(data as Uint8Array<ArrayBuffer>), close: () => socket.close() };
}

export function socketUrl(baseUrl: string): string {
  const url = new URL("/", baseUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
