import type { Message } from "../types.js";
import { toStored, type OutboxEntry, type Store } from "./store.js";

export class MemoryStore implements Store {
  private readonly messages = new Map<number, Map<number, Message>>();
  private readonly outbox = new Map<string, OutboxEntry>();
  private readonly cursors = new Map<number, number>();
  private readonly values = new Map<string, unknown>();

  async listMessages(xid: number, before: number, count: number): Promise<Message[]> {
    const all = [...(this.messages.get(xid)?.values() ?? [])].filter((message) => message.mid < before);
    return all.sort((a, b) => a.mid - b.mid).slice(-count);
  }

  async listRecalled(xid: number, from: number, before: number): Promise<Message[]> {
    const all = [...(this.messages.get(xid)?.values() ?? [])];
    return all.filter((message) => message.mid >= from && message.mid < before && message.recalledBy !== undefined);
  }

  async findMessage(xid: number, mid: number): Promise<Message | undefined> {
    return this.messages.get(xid)?.get(mid);
  }

  async putMessages(messages: Message[]): Promise<void> {
    for (const message of messages) {
      const conversation = this.messages.get(message.xid) ?? new Map<number, Message>();
      conversation.set(message.mid, toStored(message));
      this.messages.set(message.xid, conversation);
    }
  }

  async deleteMessages(xid: number, mids: number[]): Promise<void> {
    for (const mid of mids) this.messages.get(xid)?.delete(mid);
  }

  async clearMessages(xid: number): Promise<void> {
    this.messages.delete(xid);
  }

  async listOutbox(): Promise<OutboxEntry[]> {
    return [...this.outbox.values()].sort((a, b) => a.sequence - b.sequence);
  }

  async putOutbox(entry: OutboxEntry): Promise<void> {
    this.outbox.set(entry.localId, { ...entry });
  }

  async deleteOutbox(localId: string): Promise<void> {
    this.outbox.delete(localId);
  }

  async putSent(message: Message): Promise<void> {
    await this.putMessages([message]);
    this.outbox.delete(message.localId);
  }

  async loadCursors(): Promise<Map<number, number>> {
    return new Map(this.cursors);
  }

  async putCursor(xid: number, cursor: number): Promise<void> {
    this.cursors.set(xid, cursor);
  }

  async getValue<T>(key: string): Promise<T | undefined> {
    return this.values.get(key) as T | undefined;
  }

  async putValue(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
  }

  close(): void {}

  async destroy(): Promise<void> {
    this.messages.clear();
    this.outbox.clear();
    this.cursors.clear();
    this.values.clear();
  }
}
