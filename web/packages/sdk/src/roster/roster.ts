import type { RosterItemNotice } from "../codec/item.js";
import type { Context } from "../context.js";
import { RosterNotice_Type as NoticeType } from "../gen/xsync_pb.js";
import type { BatchResult, RosterApplication, RosterEventType, RosterItem, SentApplication } from "../types.js";
import type { RosterApi } from "./api.js";
import { toRequestStatus, toRosterItem, type ServerRosterItem } from "./convert.js";
import { SentApplications } from "./sent-applications.js";

const BATCH = 100;

const eventTypes: Partial<Record<NoticeType, RosterEventType>> = {
  [NoticeType.ADDED]: "added",
  [NoticeType.REMOVED]: "removed",
  [NoticeType.ACCEPTED]: "accepted",
  [NoticeType.DECLINED]: "declined",
  [NoticeType.BLOCKED]: "blocked",
  [NoticeType.UNBLOCKED]: "unblocked",
  [NoticeType.MUTED]: "muted",
  [NoticeType.UNMUTED]: "unmuted",
  [NoticeType.INFO_UPDATED]: "info-updated",
};

export interface RosterHooks {
  /** Names or avatars of these users may have changed. */
  onProfiles(userIds: number[]): void;
  /** My own profile changed on another device. */
  onSelfChanged(): void;
}

/** The friend list, and what is known about any other user. */
export class Roster implements RosterApi {
  private readonly items = new Map<number, RosterItem>();
  private readonly sent: SentApplications;
  private readonly invalid = new Set<number>();
  private readonly asked = new Map<number, Promise<void>>();
  private snapshot: RosterItem[] | null = null;

  constructor(
    private readonly ctx: Context,
    private readonly hooks: RosterHooks,
  ) {
    this.sent = new SentApplications(ctx);
  }

  list(): RosterItem[] {
    this.snapshot ??= [...this.items.values()]
      .filter((item) => item.relation === "friend" && item.userId !== this.ctx.self())
      .sort((a, b) => a.displayName.localeCompare(b.displayName));
    return this.snapshot;
  }

  profile(userId: number): RosterItem | undefined {
    return this.items.get(userId);
  }

  nameOf(userId: number): string {
    return this.items.get(userId)?.displayName ?? String(userId);
  }

  async load(): Promise<void> {
    const friends = await this.ctx.rest.get<number[]>("/roster/list");
    const isFriend = new Set(friends);
    for (const item of this.items.values()) {
      if (item.relation === "friend" && !isFriend.has(item.userId)) this.items.set(item.userId, { ...item, relation: "stranger" });
    }
    await this.fetch([...new Set([...friends, this.ctx.self()])]);
    this.announce("list");
  }

  async find(query: string): Promise<RosterItem[]> {
    const { items } = await this.ctx.rest.call<{ items: ServerRosterItem[] }>("GET", "/users", { query });
    return this.take(items);
  }

  async ensureProfiles(userIds: number[]): Promise<void> {
    const wanted = [...new Set(userIds)].filter((id) => id > 0 && !this.items.has(id) && !this.invalid.has(id));
    const fresh = wanted.filter((id) => !this.asked.has(id));
    if (fresh.length > 0) {
      const answer = this.fetch(fresh).finally(() => fresh.forEach((id) => this.asked.delete(id)));
      for (const id of fresh) this.asked.set(id, answer);
    }
    const waiting = [...new Set(wanted.map((id) => this.asked.get(id)))];
    await Promise.all(waiting);
    if (fresh.length > 0) this.announce("profiles");
  }

  async apply(userId: number, reason = "", options: { alias?: string; answer?: string } = {}): Promise<void> {
    await this.ctx.rest.post("/roster/apply", { user_id: userId, alias: options.alias ?? "", reason, auth_answer: options.answer ?? "" });
    this.sent.note(userId, reason);
    await this.refresh(userId, "list");
  }

  async applyToAll(requests: { userId: number; alias?: string; reason?: string }[]): Promise<BatchResult[]> {
    type Answer = { success: number[]; fails: { user_id: number; reason: string }[] };
    const body = requests.map(({ userId, alias = "", reason = "" }) => ({ user_id: userId, alias, reason }));
    const { success, fails } = await this.ctx.rest.post<Answer>("/roster/apply/batch", body);
    for (const { userId, reason = "" } of requests) if (success.includes(userId)) this.sent.note(userId, reason);
    await this.fetch(success);
    this.announce("list");
    return [
      ...success.map((userId) => ({ userId, isOk: true, reason: "", message: "" })),
      ...fails.map((fail) => ({ userId: fail.user_id, isOk: false, reason: "rejected", message: fail.reason })),
    ];
  }

  async applications(): Promise<RosterApplication[]> {
    type Raw = { user_id: number; reason: string; status: number; expired_time: number };
    const list = await this.ctx.rest.all<Raw>("GET", "/roster/apply/list");
    await this.ensureProfiles(list.map((entry) => entry.user_id));
    return list.map((raw) => ({
      userId: raw.user_id, reason: raw.reason ?? "", status: toRequestStatus(raw.status), expiresAt: raw.expired_time,
    }));
  }

  sentApplications(): SentApplication[] {
    return this.sent.list();
  }

  /** What an earlier visit asked for. */
  restore(): Promise<void> {
    return this.sent.restore();
  }

  async accept(userId: number): Promise<void> {
    await this.ctx.rest.post("/roster/accept", {}, { user_id: userId });
    await this.refresh(userId, "accepted");
    this.ctx.events.emit("application", { userId });
  }

  async decline(userId: number, reason = ""): Promise<void> {
    await this.ctx.rest.post("/roster/decline", { user_id: userId, reason });
    this.ctx.events.emit("application", { userId });
  }

  async remove(userId: number): Promise<void> {
    await this.ctx.rest.post("/roster/delete", {}, { user_id: userId });
    await this.refresh(userId, "removed");
  }

  async block(userId: number): Promise<void> {
    await this.ctx.rest.post("/roster/block", {}, { user_id: userId });
    await this.refresh(userId, "blocked");
  }

  async unblock(userId: number): Promise<void> {
    await this.ctx.rest.post("/roster/unblock", {}, { user_id: userId });
    await this.refresh(userId, "unblocked");
  }

  blocked(): Promise<number[]> {
    return this.ctx.rest.get("/roster/blocked_list");
  }

  setAlias(userId: number, alias: string): Promise<void> {
    return this.changeItem(userId, { alias });
  }

  setMuted(userId: number, isMuted: boolean): Promise<void> {
    return this.changeItem(userId, { mute_notification: isMuted });
  }

  setExt(userId: number, ext: string): Promise<void> {
    return this.changeItem(userId, { ext });
  }

  mayMessage(userId: number): Promise<boolean> {
    return this.ctx.rest.get("/roster/may_message", { user_id: this.ctx.self(), roster_id: userId });
  }

  /** Brings the cache to the state after a change that was made elsewhere. */
  async handleNotice(item: RosterItemNotice): Promise<void> {
    const { type, content, from, to } = item.body;
    const self = this.ctx.self();
    const actor = Number(from?.uid ?? 0n);
    const target = Number(to[0]?.uid ?? 0n);
    const other = actor === self ? target : actor;
    if (type === NoticeType.APPLIED) {
      await this.ensureProfiles([actor]);
      return this.ctx.events.emit("application", { userId: actor, reason: content });
    }
    const event = eventTypes[type];
    if (!event) return;
    if (other === self) this.hooks.onSelfChanged();
    if (type === NoticeType.DECLINED) this.sent.drop(other);
    await this.refresh(other, event);
    if (type === NoticeType.ACCEPTED || type === NoticeType.DECLINED) this.ctx.events.emit("application", { userId: other });
  }

  clear(): void {
    this.items.clear();
    this.invalid.clear();
    this.sent.clear();
    this.snapshot = null;
  }

  private async changeItem(userId: number, change: { alias?: string; ext?: string; mute_notification?: boolean }): Promise<void> {
    await this.ctx.rest.post("/roster/ext", { user_id: userId, ...change });
    await this.refresh(userId, "info-updated");
  }

  private async refresh(userId: number, event: RosterEventType): Promise<void> {
    await this.fetch([userId]);
    this.announce(event, userId);
  }

  private async fetch(userIds: number[]): Promise<void> {
    for (let start = 0; start < userIds.length; start += BATCH) {
      const batch = userIds.slice(start, start + BATCH);
      const found = this.take(await this.ctx.rest.post<ServerRosterItem[]>("/roster/list", { list: batch }));
      const ids = new Set(found.map((item) => item.userId));
      for (const id of batch) if (!ids.has(id)) this.invalid.add(id);
    }
  }

  private take(raw: ServerRosterItem[]): RosterItem[] {
    const items = raw.map(toRosterItem);
    for (const item of items) {
      this.items.set(item.userId, item);
      if (item.relation === "friend" || item.relation === "blocked") this.sent.drop(item.userId);
      this.invalid.delete(item.userId);
    }
    this.snapshot = null;
    this.hooks.onProfiles(items.map((item) => item.userId));
    return items;
  }

  private announce(type: RosterEventType, userId?: number): void {
    this.snapshot = null;
    this.ctx.events.emit("roster", { type, ...(userId === undefined ? {} : { userId }) });
  }
}
