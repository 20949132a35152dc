import type { Conversation, ConversationKind } from "../types.js";

/** The conversations by id and, lazily, in the order of display. Entries are replaced, never changed. */
export class ConversationList {
  private readonly byXid = new Map<number, Conversation>();
  private snapshot: Conversation[] | null = null;

  list(): Conversation[] {
    this.snapshot ??= [...this.byXid.values()].sort(inOrder);
    return this.snapshot;
  }

  find(xid: number): Conversation | undefined {
    return this.byXid.get(xid);
  }

  set(conversation: Conversation): void {
    this.byXid.set(conversation.xid, conversation);
    this.snapshot = null;
  }

  delete(xid: number): boolean {
    this.snapshot = null;
    return this.byXid.delete(xid);
  }

  clear(): void {
    this.snapshot = null;
    this.byXid.clear();
  }
}

export function emptyConversation(xid: number, kind: ConversationKind): Conversation {
  return {
    xid, kind, name: "", avatar: "", unread: 0, last: null, updatedAt: 0, isPinned: false, isMuted: false, isMentioned: false,
    typing: [], headMid: 0, readMid: 0, peerReadMid: 0, peerDeliveredMid: 0, mentionMids: [],
  };
}

function inOrder(a: Conversation, b: Conversation): number {
  return Number(b.isPinned) - Number(a.isPinned) || b.updatedAt - a.updatedAt || b.headMid - a.headMid;
}
