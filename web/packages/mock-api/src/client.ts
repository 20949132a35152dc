import {
  type AccountApi,
  type DraftsApi,
  type CeruleanClient,
  type ClientEventHandler,
  type ClientEventName,
  type ClientState,
  type FilesApi,
  type KickReason,
  type LinkPreview,
  type LinksApi,
  type PhoneApi,
  type PresenceApi,
  type Profile,
  type SignInCode,
  CeruleanError,
} from "@cerulean/sdk";
import { Events } from "./events";
import { MockConversations } from "./conversations";
import { MockGroups } from "./groups";
import { MockMessages } from "./messages";
import { MockRoster } from "./roster";
import { makeWorld, type World } from "./world";

/** What the messenger needs of a client. */
export type ClientLike = Pick<
  CeruleanClient,
  | "conversations"
  | "messages"
  | "roster"
  | "groups"
  | "account"
  | "files"
  | "presence"
  | "drafts"
  | "links"
  | "phone"
  | "me"
  | "state"
  | "kickReason"
  | "isSignedIn"
  | "signIn"
  | "requestSignInCode"
  | "signInWithCode"
  | "signInWithMobile"
  | "requestPasswordReset"
  | "resetPassword"
  | "register"
  | "resume"
  | "signOut"
  | "reconnect"
  | "dispose"
  | "on"
>;

export interface MockOptions {
  world?: World;
  isSignedIn?: boolean;
  /** Milliseconds that an answer takes. */
  delay?: number;
  /** Friends answer after a while. */
  hasReplies?: boolean;
}

export class MockClient implements ClientLike {
  readonly events = new Events();
  readonly world: World;
  readonly conversations: MockConversations;
  readonly messages: MockMessages;
  readonly roster: MockRoster;
  readonly groups: MockGroups;
  readonly account: AccountApi;
  readonly files: FilesApi = {
    urlFor: (url) => (url.startsWith("javascript:") ? "" : url),
    avatarFor: (url) => (url.startsWith("http") ? "" : url),
    foreignHost: (url) => (url.startsWith("http") ? new URL(url).host : ""),
  };
  readonly presence: PresenceApi;
  readonly drafts: DraftsApi;
  readonly links: LinksApi;
  readonly phone: PhoneApi;
  readonly delay: number;
  readonly hasReplies: boolean;
  state: ClientState = "signed-out";
  kickReason: KickReason | null = null;
  me: Profile | null = null;

  constructor({ world = makeWorld(), isSignedIn = false, delay = 0, hasReplies = false }: MockOptions = {}) {
    this.world = world;
    this.delay = delay;
    this.hasReplies = hasReplies;
    this.conversations = new MockConversations(this);
    this.messages = new MockMessages(this);
    this.roster = new MockRoster(this);
    this.groups = new MockGroups(this);
    this.account = mockAccount(this);
    this.presence = {
      watch: (ids) => ids.forEach((userId) => this.events.emit("presence", { userId, isOnline: userId % 2 === 0, since: Date.now() })),
      find: (userId) => ({ userId, isOnline: userId % 2 === 0, since: Date.now() }),
    };
    this.drafts = mockDrafts(this);
    this.links = mockLinks(this);
    this.phone = mockPhone(this);
    if (isSignedIn) this.#enter();
  }

  get isSignedIn(): boolean {
    return this.me !== null;
  }

  on<K extends ClientEventName>(name: K, handler: ClientEventHandler<K>): () => void {
    return this.events.on(name, handler);
  }

  wait(): Promise<void> {
    return this.delay > 0 ? new Promise((resolve) => setTimeout(resolve, this.delay)) : Promise.resolve();
  }

  setState(state: ClientState, reason?: KickReason): void {
    this.state = state;
    this.kickReason = reason ?? null;
    this.events.emit("state", reason ? { state, reason } : { state });
    if (state === "kicked" && reason) this.events.emit("kicked", { reason });
    if (state === "online") this.messages.flush();
  }

  async signIn({ password }: { name: string; password: string }): Promise<void> {
    await this.wait();
    if (password === "wrong") throw new CeruleanError(10000, "rejected", "Operation rejected");
    this.#enter();
  }

  async requestSignInCode(): Promise<SignInCode> {
    await this.wait();
    return { ticket: "ticket", url: "http://mock.test/chat/?app_id=demo#qr_login=code", expiresAt: Date.now() + 180_000 };
  }

  /** Nobody scans in the mock, so this waits until it is called off. */
  signInWithCode(_code: SignInCode, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
  }

  async signInWithMobile(_mobile: string, code: string): Promise<string | null> {
    await this.wait();
    if (code === "000000") throw new CeruleanError(10001, "wrong-code", "wrong verification code");
    if (code === "999999") return "proof";
    this.#enter();
    return null;
  }

  async requestPasswordReset(): Promise<void> {
    await this.wait();
  }

  async resetPassword({ code }: { code: string }): Promise<void> {
    await this.wait();
    if (code === "000000") throw new CeruleanError(10001, "wrong-code", "wrong verification code");
  }

  async register(): Promise<number> {
    await this.wait();
    return this.world.me.userId;
  }

  async resume(): Promise<boolean> {
    await this.wait();
    return this.isSignedIn;
  }

  async signOut(): Promise<void> {
    await this.wait();
    this.me = null;
    this.setState("signed-out");
  }

  async dispose(): Promise<void> {}

  reconnect(): void {
    this.setState("online");
  }

  #enter(): void {
    this.me = this.world.me;
    this.setState("online");
  }
}

function mockDrafts(client: MockClient): DraftsApi {
  const drafts = new Map<number, string>();
  return {
    get: (xid) => drafts.get(xid) ?? "",
    set(xid, text) {
      drafts.set(xid, text);
      client.events.emit("draft", { xid });
    },
  };
}

function mockLinks(client: MockClient): LinksApi {
  const known = new Map<string, LinkPreview | null>();
  return {
    find: (url) => known.get(url),
    async preview(url) {
      await client.wait();
      known.set(url, client.world.links.get(url) ?? null);
      return known.get(url) ?? null;
    },
  };
}

/** Wants "heron" read in a picture before it sends anything. */
function mockPhone(client: MockClient): PhoneApi {
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="160" height="60"><text x="22" y="42" font-size="34" font-style="italic">heron</text></svg>`;
  let pictures = 0;
  let provenMobile = "";
  const prove = async (mobile: string, code: string) => {
    await client.wait();
    if (code === "000000") throw new CeruleanError(10001, "wrong-code", "wrong verification code");
    provenMobile = mobile;
    changeProfile(client, { mobile });
  };
  return {
    requestPicture: async () => ({ id: `p${++pictures}`, url: `data:image/svg+xml;base64,${btoa(picture)}` }),
    async sendCode(_mobile, answer) {
      await client.wait();
      if (answer?.text !== "heron") throw new CeruleanError(11014, "wrong-picture-code", "wrong picture code");
    },
    standing: async () => ({ mobile: client.world.me.mobile, isProven: provenMobile !== "" }),
    bind: prove,
    bindWithProof: (mobile) => prove(mobile, ""),
    proveByPassword: async (password) => {
      if (password === "wrong") throw new CeruleanError(11001, "wrong-password", "wrong password");
      return "proof";
    },
    proveByCode: async () => "proof",
    change: prove,
  };
}

function changeProfile(client: MockClient, patch: Partial<Profile>): Profile {
  const merged = { ...client.world.me, ...patch };
  client.world.me = client.me = { ...merged, displayName: merged.nickName || merged.username };
  client.events.emit("account", { type: "profile" });
  return client.world.me;
}

function mockAccount(client: MockClient): AccountApi {
  const change = (patch: Partial<Profile>) => changeProfile(client, patch);
  const settings = {
    authMode: 1,
    authQuestion: "",
    authAnswer: "",
    groupConfirm: false,
    autoDownload: false,
    noPush: false,
    noPushDetail: false,
    noPushStartHour: 0,
    noPushEndHour: 0,
    pushNickName: "",
    noSounds: false,
    vibratory: true,
    silenceStartTime: 0,
    silenceEndTime: 0,
  };
  const secrets = new Map<string, string>();
  let devices = [
    { deviceSn: 1, platform: 6, userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36", signedInAt: Date.now() - 3_600_000, lastSeenAt: Date.now(), isThis: true },
    { deviceSn: 2, platform: 6, userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", signedInAt: Date.now() - 86_400_000, lastSeenAt: Date.now() - 7_200_000, isThis: false },
    { deviceSn: 3, platform: 2, userAgent: "Cerulean Android 1.2", signedInAt: Date.now() - 900_000_000, lastSeenAt: Date.now() - 600_000_000, isThis: false },
  ];
  return {
    profile: async () => client.world.me,
    updateProfile: async (patch) => change(patch),
    setAvatar: async (image) => change({ avatar: URL.createObjectURL(image) }),
    changePassword: async (oldPassword) => {
      await client.wait();
      if (oldPassword === "wrong") throw new CeruleanError(10010, "rejected", "the old password is wrong");
    },
    devices: async () => {
      await client.wait();
      return devices;
    },
    kickDevice: async (deviceSn) => {
      devices = devices.filter((device) => device.deviceSn !== deviceSn);
      client.events.emit("account", { type: "devices" });
    },
    closeSessions: async () => client.wait(),
    settings: async () => ({ ...settings }),
    updateSettings: async (patch) => {
      Object.assign(settings, Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)));
      client.events.emit("account", { type: "settings" });
      return { ...settings };
    },
    setUsername: async (username) => change({ username }),
    setMobile: async (mobile) => change({ mobile }),
    setEmail: async (email) => change({ email }),
    requestEmailCode: async () => client.wait(),
    proveEmail: async (email, code) => {
      if (code === "000000") throw new CeruleanError(10001, "wrong-code", "wrong verification code");
      return change({ email });
    },
    limits: async () => ({
      textBytes: 65_536,
      fileBytes: 1_073_741_824,
      batchItems: 1_000,
      requestsPerMinute: null,
      requestsPerMinuteOfDevice: null,
      sendsPerMinute: null,
      framesPerMinute: null,
      trafficPerDay: null,
      maxDevices: null,
    }),
    keepSecret: async (text) => {
      const code = `code-${secrets.size}`;
      secrets.set(code, text);
      return code;
    },
    scanSignIn: async (code) => {
      await client.wait();
      if (code !== "code") throw new CeruleanError(404, "not-found", "no such code");
      return { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", address: "203.0.113.7", createdAt: Date.now(), expiresAt: Date.now() + 60_000 };
    },
    confirmSignIn: async () => client.wait(),
    refuseSignIn: async () => client.wait(),
    takeSecret: async (code) => {
      const text = secrets.get(code);
      if (text === undefined) throw new CeruleanError(404, "not-found", "feature off or not found");
      secrets.delete(code);
      return text;
    },
    remove: async () => client.signOut(),
  };
}
