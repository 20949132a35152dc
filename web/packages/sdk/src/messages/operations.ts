import type { MessageItem } from "../codec/item.js";
import type { Context } from "../context.js";
import type { Conversations } from "../conversations/conversations.js";
import { MessageOperation_OpType as OpType } from "../gen/xsync_pb.js";
import { conversationOf } from "./convert.js";
import type { Messages } from "./messages.js";

/** Applies an operation made elsewhere: by someone else, or by me on another device. Ends when its effect is stored. */
export async function handleOperation(ctx: Context, messages: Messages, conversations: Conversations, item: MessageItem): Promise<void> {
  const { body } = item;
  const operation = body.operation;
  if (!operation) return;
  const self = ctx.self();
  const mid = Number(operation.mid);
  const marked = Number(operation.xid?.uid ?? 0n);
  const acted = conversationOf(item, self);
  switch (operation.type) {
    case OpType.READ_ACK:
      if (item.from !== self) await messages.peerMarks.handle(item.from, mid, "read");
      return;
    case OpType.DELIVER_ACK:
      if (item.from !== self) await messages.peerMarks.handle(item.from, mid, "delivered");
      return;
    case OpType.PLAY_ACK:
      if (item.from !== self) await messages.peerMarks.handlePlayed(marked || item.from, mid);
      return;
    case OpType.READ_ALL:
      return conversations.handleRead(marked, mid);
    case OpType.RECALL:
      return messages.handleRecall(acted, { mid, by: item.from, at: item.timestamp });
    case OpType.DELETE:
      return messages.handleDelete(marked, mid);
    case OpType.APPEND:
    case OpType.REPLACE:
      return messages.handleEdit(acted, mid, {
        mid: item.mid,
        at: Number(body.editTimestamp) || item.timestamp,
        isAppend: operation.type === OpType.APPEND,
        content: body.content,
        config: body.config,
        ext: body.ext,
      });
    default:
      return;
  }
}
