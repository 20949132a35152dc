import { Account } from "./account/account.js";
import type { IncomingFrame, ProvisionFrame, ProvisionRequest } from "./codec/frame.js";
import { encodeUnread } from "./codec/frame.js";
import type { Context } from "./context.js";
import { Conversations } from "./conversations/conversations.js";
import { Dispatcher } from "./dispatch.js";
import { Drafts } from "./drafts.js";
import { asError, isLoginNeeded } from "./errors.js";
import { Emitter } from "./events.js";
import { Files, type Uploader } from "./files.js";
import { Status_ErrorCode as StatusCode } from "./gen/xsync_pb.js";
import { Groups } from "./groups/groups.js";
import { Links } from "./links/links.js";
import { Messages } from "./messages/messages.js";
import { Phone } from "./phone/phone.js";
import { Presences } from "./presence.js";
import { Push } from "./push/push.js";
import { Rest } from "./rest/rest.js";
import { Roster } from "./roster/roster.js";
import { SessionStore, type KeyValue, type StoredSession } from "./session/session-store.js";
import { MemoryStore } from "./store/memory.js";
import type { Store } from "./store/store.js";
import { Sync } from "./sync/sync.js";
import { Connection } from "./transport/connection.js";
import { socketUrl, type TransportFactory } from "./transport/transport.js";
import { Wire } from "./transport/wire.js";
import type { ClientState, KickReason, Profile } from "./types.js";

/** What the surroundings provide; tests put in their own. */
export interface Ports {
  transport: TransportFactory;
  fetch: typeof fetch;
  uploader: Uploader;
  values: KeyValue;
  openStore(userId: number): Promise<Store>;
}

export interface CoreOptions {
  baseUrl: string;
  appId: string;
  locale?: string;
}

/** Joins the parts and carries one session from sign-in to its end. */
export class Core implements Context {
  readonly events = new Emitter();
  readonly rest: Rest;
  readonly wire: Wire;
  readonly files: Files;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly roster: Roster;
  readonly groups: Groups;
  readonly account: Account;
  readonly presence: Presences;
  readonly drafts: Drafts;
  readonly links: Links;
  readonly phone: Phone;
  readonly push: Push;
  readonly sessions: SessionStore;
  state: ClientState = "signed-out";
  kickReason: KickReason | null = null;

  private session: StoredSession | null = null;
  private openedStore: Store = new MemoryStore();
  private isLoaded = false;
  private readonly connection: Connection;
  private readonly sync: Sync;
  private readonly dispatcher: Dispatcher;

  constructor(
    options: CoreOptions,
    private readonly ports: Ports,
  ) {
    this.sessions = new SessionStore(ports.values, options.appId);
    this.rest = new Rest({
      ...options,
      fetch: ports.fetch,
      token: () => this.session?.token ?? null,
      onTokenInvalid: (token) => this.session?.token === token && this.handleTokenInvalid(),
    });
    this.wire = new Wire({ send: (frame) => this.send(frame), onUnanswered: () => this.connection.drop() });
    this.files = new Files(options.baseUrl, options.appId, this.rest, () => this.session?.token ?? null, ports.uploader);
    this.conversations = new Conversations(this, {
      describe: (xid, kind) => this.describe(xid, kind === "group"),
      ensureKnown: (userIds, groupIds) => this.ensureKnown(userIds, groupIds),
      onCleared: (xid) => this.messages.handleCleared(xid),
    });
    this.messages = new Messages(this, this.conversations, this.files, () => this.me?.displayName ?? "");
    this.roster = new Roster(this, {
      onProfiles: (userIds) => this.conversations.handleNames(userIds),
      onSelfChanged: () => this.background(this.account.profile()),
    });
    this.groups = new Groups(this, this.files, {
      onGroups: (groupIds) => this.conversations.handleNames(groupIds),
      onJoined: (groupId, item) => this.conversations.handleJoined(groupId, item),
      onLeft: (groupId) => this.conversations.drop(groupId),
      ensureProfiles: (userIds) => this.roster.ensureProfiles(userIds),
      nameOf: (userId) => this.roster.nameOf(userId),
    });
    this.account = new Account(this, this.files, {
      onProfile: (profile) => this.handleProfile(profile),
      onKicked: (reason) => this.kick(reason),
    });
    this.presence = new Presences(this);
    this.drafts = new Drafts(this);
    this.links = new Links(this, options.baseUrl);
    this.phone = new Phone({ ...options, rest: this.rest, onNumber: () => this.account.profile() });
    this.push = new Push(this);
    this.dispatcher = new Dispatcher(this, this);
    this.sync = new Sync({
      send: (frame) => this.send(frame),
      apply: (items, source) => this.dispatcher.apply(items, source),
      hasInFlight: (xid) => this.messages.hasInFlight(xid),
      onUnanswered: () => this.connection.drop(),
      onError: (error) => this.handleError(error),
    });
    this.connection = new Connection(socketUrl(options.baseUrl), ports.transport, {
      onConnecting: () => this.setState("connecting"),
      onOnline: (provision) => this.handleOnline(provision),
      onOffline: () => this.handleOffline(),
      onFrame: (frame) => this.handleFrame(frame),
      onRefused: (status) => this.kick(isLoginNeeded(status) ? "token-invalid" : reasonOf(status.code)),
    });
  }

  get me(): Profile | null {
    return this.session?.profile ?? null;
  }

  get isSignedIn(): boolean {
    return this.session !== null;
  }

  store(): Store {
    return this.openedStore;
  }

  self(): number {
    return this.session?.userId ?? 0;
  }

  deviceSn(): number {
    return this.session?.deviceSn ?? 0;
  }

  isOnline(): boolean {
    return this.connection.isOnline;
  }

  isGroup(xid: number): boolean {
    return this.groups.find(xid) !== undefined || this.conversations.find(xid)?.kind === "group";
  }

  send(frame: Uint8Array): boolean {
    return this.connection.send(frame);
  }

  noteSent(xid: number, mid: number, prevMid: number): void {
    this.sync.handleSent(xid, mid, prevMid);
  }

  handleTokenInvalid(): void {
    this.kick("token-invalid");
  }

  handleError(error: unknown): void {
    if (this.session) this.events.emit("error", error instanceof Error ? error : asError(error));
  }

  /** Opens the storage of the user and connects. What an earlier visit left is shown before the server answers. */
  async start(session: StoredSession): Promise<void> {
    this.end();
    const store = await this.ports.openStore(session.userId);
    this.openedStore = store;
    this.session = session;
    this.kickReason = null;
    this.sessions.save(session);
    await this.sync.open(store);
    await this.conversations.restore();
    await this.messages.restore();
    await this.roster.restore();
    await this.drafts.restore();
    this.connection.start(() => this.provisionRequest());
  }

  /** Ends the session here. `isForgotten`: nothing of it stays in this browser. */
  async stop(isForgotten: boolean): Promise<void> {
    const { session, openedStore: store } = this;
    this.end();
    if (session && isForgotten) {
      this.sessions.remove(session.token);
      await store.destroy();
    }
    this.setState("signed-out");
  }

  probe(): void {
    this.connection.probe();
  }

  /** The network went away. The next attempt to connect tells whether that was true. */
  drop(): void {
    this.connection.drop();
  }

  private end(): void {
    this.connection.stop();
    this.handleClosed();
    this.sync.close();
    this.session = null;
    this.isLoaded = false;
    this.messages.clear();
    this.conversations.clear();
    this.roster.clear();
    this.groups.clear();
    this.presence.clear();
    this.drafts.clear();
    this.links.clear();
    this.openedStore.close();
    this.openedStore = new MemoryStore();
  }

  private kick(reason: KickReason): void {
    const { session, openedStore: store } = this;
    if (!session) return;
    this.end();
    this.kickReason = reason;
    if (reason !== "same-device") this.sessions.remove(session.token);
    // A token that only ran out is no reason to lose what waits to be sent.
    const isForgotten = reason !== "same-device" && reason !== "token-invalid" && reason !== "server-moved" && reason !== "license";
    if (isForgotten) store.destroy().catch((error: unknown) => console.error(error));
    this.setState("kicked", reason);
    this.events.emit("kicked", { reason });
  }

  private provisionRequest(): ProvisionRequest {
    const { userId, token, deviceSn } = this.session ?? { userId: 0, token: "", deviceSn: 0 };
    return { userId, token, deviceSn, deviceGuid: this.sessions.deviceGuid(userId) };
  }

  private handleOnline(provision: ProvisionFrame): void {
    if (!this.session) return;
    if (this.session.deviceSn !== provision.deviceSn) this.saveSession({ ...this.session, deviceSn: provision.deviceSn });
    this.send(encodeUnread());
    this.setState("online");
    this.background(this.load());
    this.messages.handleOnline();
    this.conversations.handleOnline();
    this.presence.handleOnline();
  }

  private handleOffline(): void {
    this.handleClosed();
    this.setState("offline");
  }

  private handleClosed(): void {
    this.wire.handleOffline();
    this.sync.handleOffline();
  }

  private handleFrame(frame: IncomingFrame): void {
    switch (frame.type) {
      case "unread":
        return this.sync.handleUnread(frame);
      case "notice":
        return this.sync.handleNotice(frame.xid);
      case "reply":
        return this.wire.handleReply(frame);
      case "sync":
        if (isLoginNeeded(frame.status)) return this.handleTokenInvalid();
        return frame.isHistory ? this.wire.handleHistory(frame) : this.sync.handleSync(frame);
    }
  }

  /** Lists are fetched once per session and kept by notices; the conversations also carry counts, so after each connect. */
  private async load(): Promise<void> {
    const lists = this.isLoaded ? [] : [this.groups.load(), this.roster.load(), this.account.profile()];
    this.isLoaded = true;
    const results = await Promise.allSettled([...lists, this.conversations.load()]);
    const failed = results.slice(0, lists.length).some((result) => result.status === "rejected");
    if (failed) this.isLoaded = false;
    for (const result of results) if (result.status === "rejected") this.handleError(result.reason);
  }

  private handleProfile(profile: Profile): void {
    if (!this.session || this.session.userId !== profile.userId) return;
    this.saveSession({ ...this.session, profile });
    this.events.emit("account", { type: "profile" });
  }

  private saveSession(session: StoredSession): void {
    this.session = session;
    this.sessions.save(session);
  }

  private describe(xid: number, isGroup: boolean): { name: string; avatar: string } {
    const group = isGroup ? this.groups.find(xid) : undefined;
    if (group) return { name: group.name, avatar: group.avatar };
    const user = this.roster.profile(xid);
    if (user) return { name: user.displayName, avatar: user.avatar };
    const shown = this.conversations.find(xid);
    return { name: shown?.name ?? "", avatar: shown?.avatar ?? "" };
  }

  private ensureKnown(userIds: number[], groupIds: number[]): void {
    this.background(this.roster.ensureProfiles(userIds));
    this.background(this.groups.ensureKnown(groupIds));
  }

  private setState(state: ClientState, reason?: KickReason): void {
    if (this.state === state) return;
    this.state = state;
    this.events.emit("state", { state, ...(reason ? { reason } : {}) });
  }

  private background(task: Promise<unknown>): void {
    task.catch((error: unknown) => this.handleError(error));
  }
}

function reasonOf(code: number): KickReason {
  switch (code as StatusCode) {
    case StatusCode.USER_FROZEN:
    case StatusCode.APP_FROZEN:
      return "frozen";
    case StatusCode.INVALID_LICENSE:
    case StatusCode.LICENSE_LIMIT:
      return "license";
    default:
      return "token-invalid";
  }
}
