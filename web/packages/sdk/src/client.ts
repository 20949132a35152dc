import { awaitSignInCode, requestSignInCode } from "./account/sign-in-code.js";
import type { AccountApi, ConversationsApi, DraftsApi, FilesApi, GroupsApi, LinksApi, MessagesApi, PhoneApi, PresenceApi, PushApi, RosterApi } from "./api.js";
import { Core, type Ports } from "./core.js";
import { asError, CeruleanError } from "./errors.js";
import { fetchUploader, xhrUploader } from "./files.js";
import { Rest } from "./rest/rest.js";
import { MemoryValues, type KeyValue } from "./session/session-store.js";
import { IndexedDbStore } from "./store/indexeddb.js";
import { MemoryStore } from "./store/memory.js";
import { webSocketTransport, type WebSocketConstructor } from "./transport/transport.js";
import type {
  ClientEventHandler, ClientEventName, ClientState, KickReason, Profile, ServerInfo, SignInCode, SignInCodeStatus, SupportStaff,
} from "./types.js";

/** How long sign-in waits for the connection before it leaves the rest to the reconnect. */
const FIRST_CONNECT_MS = 10_000;

export interface ClientOptions {
  /** Origin of the server, such as `https://chat.example.com`. */
  baseUrl: string;
  appId: string;
  /** Where messages and the outbox are kept. Default: IndexedDB where it exists. */
  storage?: "indexeddb" | "memory";
  /** Sent to the server as the wanted language of messages. */
  locale?: string;
  /** For runtimes without a WebSocket of their own, such as Node.js 20: the one of the package `ws`. */
  webSocket?: WebSocketConstructor;
  /** Replacements for the surroundings, for tests and other runtimes. */
  ports?: Partial<Ports>;
}

interface SignedIn {
  user_id: number;
  token: string;
}

/** A signed-in user of one app. The operations live in the parts. */
export class CeruleanClient {
  readonly conversations: ConversationsApi;
  readonly messages: MessagesApi;
  readonly roster: RosterApi;
  readonly groups: GroupsApi;
  readonly account: AccountApi;
  readonly files: FilesApi;
  readonly presence: PresenceApi;
  readonly drafts: DraftsApi;
  readonly links: LinksApi;
  readonly phone: PhoneApi;
  readonly push: PushApi;
  private readonly core: Core;
  private readonly stopWatching: () => void;

  constructor(options: ClientOptions) {
    this.core = new Core(options, { ...defaultPorts(options), ...options.ports });
    this.conversations = this.core.conversations;
    this.messages = this.core.messages;
    this.roster = this.core.roster;
    this.groups = this.core.groups;
    this.account = this.core.account;
    this.files = this.core.files;
    this.presence = this.core.presence;
    this.drafts = this.core.drafts;
    this.links = this.core.links;
    this.phone = this.core.phone;
    this.push = this.core.push;
    this.stopWatching = watchPage(() => this.core.probe(), () => this.core.drop());
  }

  get me(): Profile | null {
    return this.core.me;
  }

  get state(): ClientState {
    return this.core.state;
  }

  get kickReason(): KickReason | null {
    return this.core.kickReason;
  }

  /** True from sign-in or resume to sign-out or kick, whatever the network does. */
  get isSignedIn(): boolean {
    return this.core.isSignedIn;
  }

  /** Name and development app of a server; needs no app id. */
  static async serverInfo(baseUrl: string): Promise<ServerInfo> {
    const rest = new Rest({ baseUrl, appId: "", fetch: (...args) => fetch(...args), token: () => null, onTokenInvalid: () => undefined });
    const raw = await rest.call<{ name: string; version: string; default_app: string | null }>("GET", "/server");
    return { name: raw.name, version: raw.version, defaultApp: raw.default_app };
  }

  /** By user name (or phone number, where it is bound), or by id. */
  async signIn(credentials: { name: string; password: string } | { userId: number; password: string }): Promise<void> {
    const { password } = credentials;
    const { user_id: userId, token } = await ("userId" in credentials
      ? this.core.rest.post<SignedIn>("/token/id", { user_id: credentials.userId, password })
      : this.core.rest.post<SignedIn>("/token/user", { name: credentials.name, password }));
    await this.core.start({ userId, token, deviceSn: 0, profile: null });
    await this.firstConnect();
    if (this.kickReason) throw new CeruleanError(0, this.kickReason, "the server refused the session");
    if (!this.me) await this.core.account.profile().catch(() => undefined);
  }

  /** Asks for a code that a device which is signed in can scan; show its `url`, then wait with `signInWithCode`. */
  requestSignInCode(): Promise<SignInCode> {
    return requestSignInCode(this.core.rest);
  }

  /** Signs in as soon as the other device agrees. Rejects with `code-refused` or `code-expired`, or when the signal aborts. */
  async signInWithCode(code: SignInCode, options: { onStatus?: (status: SignInCodeStatus) => void; signal?: AbortSignal } = {}): Promise<void> {
    await this.signIn(await awaitSignInCode(this.core.rest, code, options));
  }

  /**
   * Signs in by the code that `phone.sendCode` sent to a number. Resolves to null then; to a proof where no account has proven the number:
   * register, sign in and pass it to `phone.bindWithProof`.
   */
  async signInWithMobile(mobile: string, code: string): Promise<string | null> {
    type Info = { username: string; password: string } | { sign: string };
    const info = await this.core.rest.get<Info>("/app/user/info_pwd", { mobile, captcha: code });
    if ("sign" in info) return info.sign;
    await this.signIn({ name: info.username, password: info.password });
    return null;
  }

  /** Users whom the app names as helpers. Nobody need be signed in. */
  async supportStaff(): Promise<SupportStaff[]> {
    type Raw = { user_id: number; username: string; nickname: string; avatar: string };
    const all = await this.core.rest.get<Raw[]>("/app/support_staff");
    return all.map((raw) => ({ userId: raw.user_id, username: raw.username, nickName: raw.nickname ?? "", avatar: raw.avatar ?? "" }));
  }

  /** Creates a user; does not sign in. Resolves to the user id. */
  async register(account: { username: string; password: string }): Promise<number> {
    const settings = await this.core.rest.post<{ user_id: number }>("/user/register/v2", account);
    return settings.user_id;
  }

  /** Has a code sent to a phone number or e-mail address, if somebody in the app has proven it; nobody is told whether. */
  async requestPasswordReset(contact: string): Promise<void> {
    await this.core.rest.call("POST", "/password-reset/code", {}, { contact });
  }

  /** Sets a new password by the code, and signs all devices of that user out. */
  async resetPassword(reset: { contact: string; code: string; newPassword: string }): Promise<void> {
    const { contact, code, newPassword } = reset;
    await this.core.rest.call("POST", "/password-reset", {}, { contact, code, new_password: newPassword });
  }

  /** Creates a user whose name begins with `prefix`; resolves to the whole name, to sign in with. */
  async registerAnonymous(account: { prefix: string; password: string }): Promise<string> {
    const body = { username: account.prefix, password: account.password };
    return (await this.core.rest.post<{ username: string }>("/user/register/anonymous", body)).username;
  }

  /** Whether a name may still be registered; rejects with what is wrong with a name that never may. */
  isNameFree(username: string): Promise<boolean> {
    return this.core.rest.get("/app/user/name_check", { username });
  }

  /** Takes up the stored session after a reload, also when the network is away. False when there is none. */
  async resume(): Promise<boolean> {
    const session = this.core.sessions.load();
    if (!session) return false;
    await this.core.start(session);
    if (!session.profile) await this.firstConnect();
    return true;
  }

  async signOut(): Promise<void> {
    try {
      if (this.isSignedIn) await this.core.rest.call("POST", "/sign-out");
    } catch (thrown) {
      // Signing out here must work without the server; the token then lives until it runs out.
      console.warn("the server was not told of the sign-out:", asError(thrown).reason);
    }
    await this.core.stop(true);
  }

  /** Tries to reconnect at once instead of waiting for the next attempt. */
  reconnect(): void {
    this.core.probe();
  }

  /** Lets go of the connection and the page; the stored session stays for `resume` of another client. */
  async dispose(): Promise<void> {
    this.stopWatching();
    await this.core.stop(false);
  }

  on<K extends ClientEventName>(name: K, handler: ClientEventHandler<K>): () => void {
    return this.core.events.on(name, handler);
  }

  private firstConnect(): Promise<void> {
    if (this.state === "online") return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, FIRST_CONNECT_MS);
      const stop = this.on("state", ({ state }) => {
        if (state === "online" || state === "kicked" || state === "signed-out") done();
      });
    });
  }
}

function defaultPorts(options: ClientOptions): Ports {
  const hasDatabase = typeof indexedDB !== "undefined" && options.storage !== "memory";
  return {
    transport: options.ports?.transport ?? webSocketTransport(options.webSocket),
    fetch: (...args) => fetch(...args),
    uploader: typeof XMLHttpRequest === "undefined" ? fetchUploader : xhrUploader,
    values: browserValues(),
    openStore: async (userId) => {
      if (!hasDatabase) return new MemoryStore();
      // Private windows of some browsers refuse databases; chatting must still work there.
      return IndexedDbStore.open(`cerulean/${options.appId}/${userId}`).catch(() => new MemoryStore());
    },
  };
}

/** Browsers that block site data throw at the mere mention of it. */
function browserValues(): KeyValue {
  try {
    return typeof localStorage === "undefined" ? new MemoryValues() : localStorage;
  } catch {
    return new MemoryValues();
  }
}

/**
 * A page that wakes up or finds the network again should not wait for a timer that slept with it, and one that is told of the loss of the
 * network should not wait for an answer that cannot come.
 */
function watchPage(probe: () => void, drop: () => void): () => void {
  if (typeof window === "undefined") return () => undefined;
  const wake = () => document.visibilityState === "visible" && probe();
  window.addEventListener("online", probe);
  window.addEventListener("offline", drop);
  document.addEventListener("visibilitychange", wake);
  return () => {
    window.removeEventListener("online", probe);
    window.removeEventListener("offline", drop);
    document.removeEventListener("visibilitychange", wake);
  };
}
