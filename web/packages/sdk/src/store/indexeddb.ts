import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Message } from "../types.js";
import { toStored, type OutboxEntry, type Store } from "./store.js";

interface Schema extends DBSchema {
  messages: { key: [number, number]; value: Message };
  outbox: { key: string; value: OutboxEntry };
  cursors: { key: number; value: number };
  values: { key: string; value: unknown };
}

/** Writes of messages made in one turn share a transaction: a backlog of thousands would otherwise take seconds. */
export class IndexedDbStore implements Store {
  private batch: { messages: Message[]; written: Promise<void> } | null = null;

  private constructor(
    private readonly name: string,
    private readonly db: IDBPDatabase<Schema>,
  ) {}

  static async open(name: string): Promise<IndexedDbStore> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore("messages", { keyPath: ["xid", "mid"] });
        database.createObjectStore("outbox", { keyPath: "localId" });
        database.createObjectStore("cursors");
        database.createObjectStore("values");
      },
      // Another tab signs out or upgrades: holding the database open would block it.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return new IndexedDbStore(name, db);
  }

  async listMessages(xid: number, before: number, count: number): Promise<Message[]> {
    await this.settled();
    const range = IDBKeyRange.bound([xid, 0], [xid, before], false, true);
    const found: Message[] = [];
    let cursor = await this.db.transaction("messages").store.openCursor(range, "prev");
    while (cursor && found.length < count) {
      found.push(cursor.value);
      cursor = await cursor.continue();
    }
    return found.reverse();
  }

  async listRecalled(xid: number, from: number, before: number): Promise<Message[]> {
    await this.settled();
    const all = await this.db.getAll("messages", IDBKeyRange.bound([xid, from], [xid, before], false, true));
    return all.filter((message) => message.recalledBy !== undefined);
  }

  async findMessage(xid: number, mid: number): Promise<Message | undefined> {
    await this.settled();
    return this.db.get("messages", [xid, mid]);
  }

  putMessages(messages: Message[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    if (!this.batch) {
      const batch = { messages: [] as Message[], written: Promise.resolve() };
      batch.written = Promise.resolve().then(() => this.write(batch.messages, batch));
      this.batch = batch;
    }
    this.batch.messages.push(...messages.map(toStored));
    return this.batch.written;
  }

  /** Whatever reads or deletes waits for the writes before it. */
  private async settled(): Promise<void> {
    await this.batch?.written;
  }

  private async write(messages: Message[], batch: unknown): Promise<void> {
    if (this.batch === batch) this.batch = null;
    const tx = this.db.transaction("messages", "readwrite");
    await Promise.all([...messages.map((message) => tx.store.put(message)), tx.done]);
  }

  async deleteMessages(xid: number, mids: number[]): Promise<void> {
    if (mids.length === 0) return;
    await this.settled();
    const tx = this.db.transaction("messages", "readwrite");
    await Promise.all([...mids.map((mid) => tx.store.delete([xid, mid])), tx.done]);
  }

  async clearMessages(xid: number): Promise<void> {
    await this.settled();
    await this.db.delete("messages", IDBKeyRange.bound([xid, 0], [xid, Number.MAX_SAFE_INTEGER]));
  }

  async listOutbox(): Promise<OutboxEntry[]> {
    const entries = await this.db.getAll("outbox");
    return entries.sort((a, b) => a.sequence - b.sequence);
  }

  async putOutbox(entry: OutboxEntry): Promise<void> {
    await this.db.put("outbox", entry);
  }

  async deleteOutbox(localId: string): Promise<void> {
    await this.db.delete("outbox", localId);
  }

  async putSent(message: Message): Promise<void> {
    await this.settled();
    const tx = this.db.transaction(["messages", "outbox"], "readwrite");
    const put = tx.objectStore("messages").put(toStored(message));
    await Promise.all([put, tx.objectStore("outbox").delete(message.localId), tx.done]);
  }

  async loadCursors(): Promise<Map<number, number>> {
    const tx = this.db.transaction("cursors");
    const [keys, values] = await Promise.all([tx.store.getAllKeys(), tx.store.getAll()]);
    return new Map(keys.map((key, index) => [key, values[index] ?? 0]));
  }

  async putCursor(xid: number, cursor: number): Promise<void> {
    await this.db.put("cursors", cursor, xid);
  }

  async getValue<T>(key: string): Promise<T | undefined> {
    return (await this.db.get("values", key)) as T | undefined;
  }

  async putValue(key: string, value: unknown): Promise<void> {
    await this.db.put("values", value, key);
  }

  close(): void {
    this.db.close();
  }

  async destroy(): Promise<void> {
    this.db.close();
    await deleteDB(this.name);
  }
}
