import { create, toBinary } from "@bufbuild/protobuf";
import { address } from "../codec/frame.js";
import type { Context } from "../context.js";
import { MessageBody_QoS, MessageBody_Type, MessageBodySchema, Meta_NameSpace as NameSpace } from "../gen/xsync_pb.js";

const REPEAT_MS = 3_000;
const EXPIRY_MS = 6_000;

/** Typing signals, out and in. They are never stored, so a lost "stopped" is made up for by an expiry. */
export class Typing {
  private readonly lastSent = new Map<number, { isTyping: boolean; at: number }>();
  private readonly expiries = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly ctx: Context,
    private readonly onChange: (xid: number, userId: number, isTyping: boolean) => void,
  ) {}

  send(xid: number, isTyping: boolean): void {
    const last = this.lastSent.get(xid);
    const now = Date.now();
    if (!isTyping && !last?.isTyping) return;
    if (isTyping && last?.isTyping && now - last.at < REPEAT_MS) return;
    this.lastSent.set(xid, { isTyping, at: now });
    const body = create(MessageBodySchema, {
      type: this.ctx.isGroup(xid) ? MessageBody_Type.GROUPCHAT : MessageBody_Type.CHAT,
      qos: MessageBody_QoS.AT_MOST_ONCE,
      ext: JSON.stringify({ input_status: isTyping ? "typing" : "nothing" }),
    });
    this.ctx.wire.sendTransient({
      id: BigInt(this.ctx.wire.nextClientMid()),
      from: address(this.ctx.self(), this.ctx.deviceSn()),
      to: address(xid),
      ns: NameSpace.MESSAGE,
      payload: toBinary(MessageBodySchema, body),
    });
  }

  /** A sent message ends typing on the other side, so the next key press is told at once. */
  handleSent(xid: number): void {
    this.lastSent.delete(xid);
  }

  handle(xid: number, userId: number, isTyping: boolean): void {
    const key = `${xid}/${userId}`;
    clearTimeout(this.expiries.get(key));
    this.expiries.delete(key);
    if (isTyping) this.expiries.set(key, setTimeout(() => this.handle(xid, userId, false), EXPIRY_MS));
    this.onChange(xid, userId, isTyping);
  }

  clear(): void {
    for (const timer of this.expiries.values()) clearTimeout(timer);
    this.expiries.clear();
    this.lastSent.clear();
  }
}
