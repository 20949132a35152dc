import type { Conversation, ConversationsApi } from "@cerulean/sdk";
import type { MockClient } from "./client";
import { makeConversation, withLast } from "./world";

export class MockConversations implements ConversationsApi {
  isStale = false;
  readonly #client: MockClient;
  #list: Conversation[] = [];

  constructor(client: MockClient) {
    this.#client = client;
    this.#sort();
  }

  list(): Conversation[] {
    return this.#list;
  }

  find(xid: number): Conversation | undefined {
    return this.#client.world.conversations.find((one) => one.xid === xid);
  }

  async load(): Promise<void> {
    await this.#client.wait();
  }

  open(xid: number): Conversation {
    const found = this.find(xid);
    if (found) return found;
    const group = this.#client.groups.find(xid);
    const fresh = makeConversation(xid, group ? "group" : "user", group?.name ?? this.#client.roster.nameOf(xid), {
      updatedAt: Date.now(),
    });
    this.#client.world.conversations.push(fresh);
    this.#publish(fresh);
    return fresh;
  }

  async markRead(xid: number): Promise<void> {
    const found = this.find(xid);
    if (found?.unread) this.update(xid, { unread: 0, isMentioned: false, readMid: found.headMid });
  }

  async remove(xid: number): Promise<void> {
    const { world, events } = this.#client;
    world.conversations = world.conversations.filter((one) => one.xid !== xid);
    world.history.delete(xid);
    this.#sort();
    events.emit("conversations", this.#list);
    events.emit("messages", { xid });
  }

  async pin(xid: number, isPinned: boolean): Promise<void> {
    this.update(xid, { isPinned });
  }

  async mute(xid: number, isMuted: boolean): Promise<void> {
    this.update(xid, { isMuted });
  }

  setTyping(): void {}

  totalUnread(): number {
    return this.#list.reduce((sum, one) => sum + (one.isMuted ? 0 : one.unread), 0);
  }

  update(xid: number, patch: Partial<Conversation>): void {
    const { world } = this.#client;
    this.open(xid);
    world.conversations = world.conversations.map((one) =>
      one.xid === xid ? withLast({ ...one, ...patch }, world.history.get(xid) ?? []) : one,
    );
    const changed = this.find(xid);
    if (changed) this.#publish(changed);
  }

  #publish(changed: Conversation): void {
    this.#sort();
    this.#client.events.emit("conversation", changed);
    this.#client.events.emit("conversations", this.#list);
  }

  #sort(): void {
    this.#list = [...this.#client.world.conversations].sort((a, b) => Number(b.isPinned) - Number(a.isPinned) || b.updatedAt - a.updatedAt);
  }
}
