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

/** One binary WebSocket message = one frame; the address is the server's origin with path `/`. */
export const webSocketTransport: TransportFactory = (url, handlers) => {
  const socket = new WebSocket(url);
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
};

export function socketUrl(baseUrl: string): string {
  const url = new URL("/", baseUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
