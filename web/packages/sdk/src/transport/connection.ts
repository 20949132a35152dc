import { decodeFrame, encodeProvision, encodeUnread, type IncomingFrame, type FrameStatus, type ProvisionFrame, type ProvisionRequest } from "../codec/frame.js";
import { Status_ErrorCode as StatusCode } from "../gen/xsync_pb.js";
import { Backoff } from "./backoff.js";
import type { Transport, TransportFactory } from "./transport.js";

const HEARTBEAT_MS = 50_000;
const ANSWER_LIMIT_MS = 20_000;
const PROVISION_LIMIT_MS = 20_000;
/** A connection that lived this long counts as good, and the next attempt starts with a short delay again. */
const STABLE_MS = 5_000;

export interface ConnectionHandlers {
  onConnecting(): void;
  onOnline(provision: ProvisionFrame): void;
  onOffline(): void;
  onFrame(frame: IncomingFrame): void;
  /** PROVISION was refused for good; the connection has stopped. */
  onRefused(status: FrameStatus): void;
}

/** Keeps one provisioned connection alive: connect, PROVISION, heartbeat, reconnect with growing delays. */
export class Connection {
  private transport: Transport | null = null;
  private credentials: (() => ProvisionRequest) | null = null;
  private reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  private provisionTimer: ReturnType<typeof setTimeout> | undefined;
  private heartbeatTimer: ReturnType<typeof setTimeout> | undefined;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private onlineSince = 0;
  private provisioned = false;

  constructor(
    private readonly url: string,
    private readonly factory: TransportFactory,
    private readonly handlers: ConnectionHandlers,
    private readonly backoff = new Backoff(),
  ) {}

  get isOnline(): boolean {
    return this.provisioned;
  }

  start(credentials: () => ProvisionRequest): void {
    this.stop();
    this.credentials = credentials;
    this.backoff.reset();
    this.dial();
  }

  stop(): void {
    this.credentials = null;
    clearTimeout(this.reconnectTimer);
    this.dropTransport();
  }

  /** False when there is no provisioned connection; nothing is queued here. */
  send(frame: Uint8Array): boolean {
    if (!this.provisioned || !this.transport) return false;
    try {
      this.transport.send(frame);
      return true;
    } catch {
      this.lost();
      return false;
    }
  }

  /** Checks a connection that may have died unnoticed (the page woke up, the network changed), or dials at once. */
  probe(): void {
    if (!this.credentials) return;
    if (this.provisioned) this.beat();
    else if (!this.transport) this.dial();
  }

  /** Gives up the present connection and dials again. */
  drop(): void {
    if (this.transport) this.lost();
  }

  private dial(): void {
    clearTimeout(this.reconnectTimer);
    this.dropTransport();
    this.handlers.onConnecting();
    this.provisionTimer = setTimeout(() => this.lost(), PROVISION_LIMIT_MS);
    // Events of a transport that has been replaced must not touch its successor.
    const isCurrent = () => this.transport === transport;
    const transport: Transport = this.factory(this.url, {
      onOpen: () => isCurrent() && this.provision(),
      onFrame: (data) => isCurrent() && this.receive(data),
      onClose: () => isCurrent() && this.lost(),
    });
    this.transport = transport;
  }

  private provision(): void {
    if (this.credentials) this.transport?.send(encodeProvision(this.credentials()));
  }

  private receive(data: Uint8Array): void {
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
    const frame = tryDecode(data);
    if (!frame) return;
    if (frame.type === "provision") this.handleProvision(frame);
    else if (this.provisioned) this.handlers.onFrame(frame);
  }

  private handleProvision(frame: ProvisionFrame): void {
    clearTimeout(this.provisionTimer);
    if (frame.status.code === StatusCode.OK) {
      this.provisioned = true;
      this.onlineSince = Date.now();
      this.scheduleHeartbeat();
      this.handlers.onOnline(frame);
    } else if (isFinal(frame.status)) {
      this.stop();
      this.handlers.onRefused(frame.status);
    } else {
      this.lost();
    }
  }

  private scheduleHeartbeat(): void {
    clearTimeout(this.heartbeatTimer);
    this.heartbeatTimer = setTimeout(() => this.beat(), HEARTBEAT_MS);
  }

  private beat(): void {
    this.scheduleHeartbeat();
    if (!this.send(encodeUnread())) return;
    clearTimeout(this.answerTimer);
    this.answerTimer = setTimeout(() => this.lost(), ANSWER_LIMIT_MS);
  }

  private lost(): void {
    const wasStable = this.provisioned && Date.now() - this.onlineSince >= STABLE_MS;
    this.dropTransport();
    if (!this.credentials) return;
    if (wasStable) this.backoff.reset();
    clearTimeout(this.reconnectTimer);
    this.reconnectTimer = setTimeout(() => this.dial(), this.backoff.next());
    this.handlers.onOffline();
  }

  private dropTransport(): void {
    clearTimeout(this.provisionTimer);
    clearTimeout(this.heartbeatTimer);
    clearTimeout(this.answerTimer);
    const transport = this.transport;
    this.transport = null;
    this.provisioned = false;
    transport?.close();
  }
}

const retryable = new Set<number>([StatusCode.UNKNOWN, StatusCode.FAIL, StatusCode.RATE_LIMIT_EXCEEDED, StatusCode.PB_PARSER_ERROR]);

function isFinal(status: FrameStatus): boolean {
  return !retryable.has(status.code);
}

function tryDecode(data: Uint8Array): IncomingFrame | null {
  try {
    return decodeFrame(data);
  } catch {
    return null;
  }
}
