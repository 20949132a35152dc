import { create, toBinary } from "@bufbuild/protobuf";
import { address, type SendReplyFrame } from "../codec/frame.js";
import type { Context } from "../context.js";
import { MessageBody_Type, MessageBodySchema, MessageOperation_OpType as OpType, Meta_NameSpace as NameSpace } from "../gen/xsync_pb.js";

export interface OperationRequest {
  to: number;
  type: OpType;
  mid: number;
  /** Conversation; absent for acknowledgements to an author. */
  xid?: number;
  content?: string;
  ext?: string;
}

/** Conversation whose log takes an operation: recalls and edits the one they act in, own marks the system line, acks the author's. */
function lineOf(request: OperationRequest): number | null {
  switch (request.type) {
    case OpType.RECALL:
    case OpType.APPEND:
    case OpType.REPLACE:
      return request.to;
    case OpType.READ_ACK:
    case OpType.DELIVER_ACK:
    case OpType.PLAY_ACK:
      return null;
    default:
      return 0;
  }
}

export async function sendOperation(ctx: Context, request: OperationRequest): Promise<SendReplyFrame> {
  const body = create(MessageBodySchema, {
    type: MessageBody_Type.OPER,
    content: request.content ?? "",
    ext: request.ext ?? "",
    operation: { type: request.type, mid: BigInt(request.mid), ...(request.xid === undefined ? {} : { xid: address(request.xid) }) },
  });
  const reply = await ctx.wire.send({
    id: BigInt(ctx.wire.nextClientMid()),
    from: address(ctx.self(), ctx.deviceSn()),
    to: address(request.to),
    ns: NameSpace.MESSAGE,
    payload: toBinary(MessageBodySchema, body),
    sendKey: crypto.getRandomValues(new Uint8Array(16)),
  });
  const line = lineOf(request);
  // What the server did not have to store has no place in a conversation, and its id must not move the cursor.
  if (line !== null && reply.position > 0) ctx.noteSent(line, reply.serverMid, reply.prevMid);
  return reply;
}
