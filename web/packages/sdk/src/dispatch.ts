import type { Account } from "./account/account.js";
import type { Item, MessageItem } from "./codec/item.js";
import type { Context } from "./context.js";
import type { Conversations } from "./conversations/conversations.js";
import { MessageBody_QoS, MessageBody_Type } from "./gen/xsync_pb.js";
import type { Groups } from "./groups/groups.js";
import type { Messages } from "./messages/messages.js";
import { handleOperation } from "./messages/operations.js";
import type { Presences } from "./presence.js";
import type { Roster } from "./roster/roster.js";
import type { Source } from "./sync/sync.js";

export interface Parts {
  conversations: Conversations;
  messages: Messages;
  roster: Roster;
  groups: Groups;
  account: Account;
  presence: Presences;
}

/** Hands every item to the part that owns it. */
export class Dispatcher {
  constructor(
    private readonly ctx: Context,
    private readonly parts: Parts,
  ) {}

  /** Ends when messages and operations are stored; what notices make the parts fetch is not waited for. Never rejects. */
  async apply(items: Item[], source: Source): Promise<void> {
    // Each part takes its item at once and in order; only the writes to storage are awaited, together.
    await Promise.all(items.map((item) => this.handle(item, source).catch((error: unknown) => this.ctx.handleError(error))));
  }

  private async handle(item: Item, source: Source): Promise<void> {
    switch (item.ns) {
      case "message":
        return this.handleMessage(item);
      case "conversation":
        return this.parts.conversations.handleOperation(item);
      case "presence":
        return this.parts.presence.handlePresence(item);
      case "group":
        return this.later(this.parts.groups.handleNotice(item));
      case "roster":
        return this.later(this.parts.roster.handleNotice(item));
      case "user":
        return this.later(this.parts.account.handleNotice(item, source === "push"));
      case "other":
        return;
    }
  }

  private async handleMessage(item: MessageItem): Promise<void> {
    const { type, qos } = item.body;
    if (type === MessageBody_Type.OPER) return handleOperation(this.ctx, this.parts.messages, this.parts.conversations, item);
    if (qos === MessageBody_QoS.AT_MOST_ONCE) return this.parts.conversations.handleTyping(item);
    if (type === MessageBody_Type.CHAT || type === MessageBody_Type.GROUPCHAT) return this.parts.messages.handleMessage(item);
  }

  private later(task: Promise<void>): void {
    task.catch((error: unknown) => this.ctx.handleError(error));
  }
}
