import type { FileKind } from "../api.js";
import type { Attachment, Message, MessageKind } from "../types.js";

/** A message that the server has not acknowledged yet. */
export interface OutboxEntry {
  localId: string;
  /** Order of sending. */
  sequence: number;
  xid: number;
  isGroup: boolean;
  clientMid: number;
  /** 16 random bytes by which the server recognises a repeat. */
  sendKey: Uint8Array;
  createdAt: number;
  kind: MessageKind;
  text: string;
  config?: string;
  ext?: string;
  attachment?: Attachment;
  /** To be uploaded first; `attachment.url` is empty until then. */
  file?: Blob;
  fileKind?: FileKind;
  /** A still to be uploaded before the video; gone once it is. */
  poster?: Blob;
  /** The newest item known of the conversation when it was written; the stored form comes after it. */
  after?: number;
  attempts: number;
  error?: { code: number; reason: string; message: string };
}

/** What survives a reload, for one user of one app. */
export interface Store {
  /** The newest `count` messages older than `before`, ascending. */
  listMessages(xid: number, before: number, count: number): Promise<Message[]>;
  /** Lines that recalled messages left, from `from` up to and without `before`. */
  listRecalled(xid: number, from: number, before: number): Promise<Message[]>;
  findMessage(xid: number, mid: number): Promise<Message | undefined>;
  putMessages(messages: Message[]): Promise<void>;
  deleteMessages(xid: number, mids: number[]): Promise<void>;
  clearMessages(xid: number): Promise<void>;

  listOutbox(): Promise<OutboxEntry[]>;
  putOutbox(entry: OutboxEntry): Promise<void>;
  deleteOutbox(localId: string): Promise<void>;
  /** Puts a message that the server has taken, and lets go of what waited under its local id: both or neither. */
  putSent(message: Message): Promise<void>;

  /** Per conversation: everything up to this id has been stored here. */
  loadCursors(): Promise<Map<number, number>>;
  putCursor(xid: number, cursor: number): Promise<void>;

  getValue<T>(key: string): Promise<T | undefined>;
  putValue(key: string, value: unknown): Promise<void>;

  close(): void;
  /** Removes everything, for good. */
  destroy(): Promise<void>;
}

/** The form in which a message is kept: without what only makes sense in this session. */
export function toStored(message: Message): Message {
  const { localFile: _file, progress: _progress, ...stored } = message;
  return stored;
}
