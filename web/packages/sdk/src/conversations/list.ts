import type { Conversation, ConversationKind } from "../types.js";

/** The conversations by id and, lazily, in the order of display. Entries are replaced, never changed. */
export class ConversationList {
  private readonly byXid = new Map<number, Conversation>();
  private snapshot: Conversation[] = [];
  /** Those that the snapshot lacks, or has in an older form and perhaps at another place. */
  private readonly changed = new Set<number>();

  /** In a burst each change asks for the list, so only what has changed is put into its place anew. */
  list(): Conversation[] {
    if (this.changed.size > 0) {
      const next = this.snapshot.filter(({ xid }) => !this.changed.has(xid));
      const moved = [...this.changed].map((xid) => this.byXid.get(xid)).filter((one) => one !== undefined);
      this.changed.clear();
      this.snapshot = moved.length > next.length ? [...next, ...moved].sort(inOrder) : withPlaced(next, moved);
    }
    return this.snapshot;
  }

  find(xid: number): Conversation | undefined {
    return this.byXid.get(xid);
  }

  set(conversation: Conversation): void {
    this.byXid.set(conversation.xid, conversation);
    this.changed.add(conversation.xid);
  }

  delete(xid: number): boolean {
    this.changed.add(xid);
    return this.byXid.delete(xid);
  }

  clear(): void {
    this.snapshot = [];
    this.changed.clear();
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

/** Puts a few into a list that is in order. */
function withPlaced(list: Conversation[], few: Conversation[]): Conversation[] {
  for (const one of few) {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = list[middle];
      if (at && inOrder(at, one) <= 0) low = middle + 1;
      else high = middle;
    }
    list.splice(low, 0, one);
  }
  return list;
}
