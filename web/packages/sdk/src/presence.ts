import type { PresenceApi } from "./api.js";
import { encodeWatch } from "./codec/frame.js";
import type { PresenceItem } from "./codec/item.js";
import type { Context } from "./context.js";
import type { Presence } from "./types.js";

export const WATCH_LIMIT = 200;

/** Online states of watched friends. The server forgets the set with the connection, so each connect sends it again. */
export class Presences implements PresenceApi {
  private readonly known = new Map<number, Presence>();
  private watched: number[] = [];

  constructor(private readonly ctx: Context) {}

  watch(userIds: number[]): void {
    const wanted = [...new Set(userIds)].slice(0, WATCH_LIMIT);
    const isSame = wanted.length === this.watched.length && wanted.every((id) => this.watched.includes(id));
    if (isSame) return;
    this.watched = wanted;
    this.ctx.send(encodeWatch(wanted));
  }

  find(userId: number): Presence | undefined {
    return this.known.get(userId);
  }

  handlePresence(item: PresenceItem): void {
    this.known.set(item.body.userId, item.body);
    this.ctx.events.emit("presence", item.body);
  }

  handleOnline(): void {
    if (this.watched.length > 0) this.ctx.send(encodeWatch(this.watched));
  }

  clear(): void {
    this.known.clear();
    this.watched = [];
  }
}
