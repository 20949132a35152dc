import type { UserItem } from "../codec/item.js";
import type { Context } from "../context.js";
import type { Files } from "../files.js";
import { UserNotice_Type as NoticeType } from "../gen/xsync_pb.js";
import type { Device, KickReason, Limits, Profile, SignInRequest, UserSettings } from "../types.js";
import type { AccountApi, ProfilePatch } from "./api.js";
import {
  toDevice, toLimits, toProfile, toServerSettings, toSettings,
  type ServerDevice, type ServerLimits, type ServerProfile, type ServerSettings,
} from "./convert.js";

const kicks: Partial<Record<NoticeType, KickReason>> = {
  [NoticeType.PASSWORD_CHANGED]: "password-changed",
  [NoticeType.FROZEN]: "frozen",
  [NoticeType.REMOVED]: "removed",
  [NoticeType.KICK_BY_SAME_DEVICE]: "same-device",
  [NoticeType.KICKED_BY_OTHER_DEVICE]: "other-device",
  [NoticeType.DEVICE_REMOVED]: "device-removed",
  [NoticeType.CLUSTER_CHANGED]: "server-moved",
  [NoticeType.DNS_UPDATE]: "server-moved",
};

const deviceChanges: Partial<Record<NoticeType, "added" | "signed-in" | "gone">> = {
  [NoticeType.DEVICE_ADDED]: "added",
  [NoticeType.DEVICE_LOGIN]: "signed-in",
  [NoticeType.DEVICE_LOGOUT]: "gone",
};

/** What INFO_UPDATED says when settings changed and nothing of the profile. */
const SETTINGS_CHANGED = `{"changed":"settings"}`;

export interface AccountHooks {
  onProfile(profile: Profile): void;
  onKicked(reason: KickReason): void;
}

/** The signed-in user's own profile, settings and devices. */
export class Account implements AccountApi {
  constructor(
    private readonly ctx: Context,
    private readonly files: Files,
    private readonly hooks: AccountHooks,
  ) {}

  async profile(): Promise<Profile> {
    const profile = toProfile(await this.ctx.rest.get<ServerProfile>("/user/profile"));
    this.hooks.onProfile(profile);
    return profile;
  }

  async updateProfile(patch: ProfilePatch): Promise<Profile> {
    const { nickName, description, publicInfo, privateInfo } = patch;
    await this.ctx.rest.post("/user/profile", { nick_name: nickName, description, public_info: publicInfo, private_info: privateInfo });
    return this.profile();
  }

  async setUsername(username: string): Promise<Profile> {
    await this.ctx.rest.post("/user/username", {}, { username });
    return this.profile();
  }

  async setMobile(mobile: string): Promise<Profile> {
    await this.ctx.rest.post("/user/mobile", { mobile });
    return this.profile();
  }

  async setEmail(email: string): Promise<Profile> {
    await this.ctx.rest.post("/user/email", { email });
    return this.profile();
  }

  async setAvatar(image: Blob): Promise<Profile> {
    await this.ctx.rest.post("/user/avatar", { avatar: await this.files.uploadAvatar(image) });
    return this.profile();
  }

  async requestEmailCode(email: string): Promise<void> {
    await this.ctx.rest.call("POST", "/email/code", {}, { email });
  }

  async proveEmail(email: string, code: string, password?: string): Promise<Profile> {
    await this.ctx.rest.call("PUT", "/email", {}, { email, code, password });
    return this.profile();
  }

  async changePassword(oldPassword: string, newPassword: string): Promise<void> {
    await this.ctx.rest.post("/user/change_password", { old_password: oldPassword, new_password: newPassword });
  }

  async devices(): Promise<Device[]> {
    const { items } = await this.ctx.rest.call<{ items: ServerDevice[] }>("GET", "/devices");
    return items.map((raw) => toDevice(raw, this.ctx.deviceSn()));
  }

  async kickDevice(deviceSn: number): Promise<void> {
    await this.ctx.rest.post("/user/device/remove", { device_sn: deviceSn });
    this.ctx.events.emit("account", { type: "devices" });
  }

  async closeSessions(deviceSn?: number): Promise<void> {
    await this.ctx.rest.post("/user/kick", deviceSn === undefined ? {} : { device_sn: deviceSn });
  }

  async settings(): Promise<UserSettings> {
    return toSettings(await this.ctx.rest.get<ServerSettings>("/user/settings"));
  }

  async updateSettings(patch: Partial<UserSettings>): Promise<UserSettings> {
    await this.ctx.rest.post("/user/settings", { user_id: this.ctx.self(), ...toServerSettings(patch) });
    this.ctx.events.emit("account", { type: "settings" });
    return this.settings();
  }

  async limits(): Promise<Limits> {
    return toLimits(await this.ctx.rest.call<ServerLimits>("GET", "/limits"));
  }

  async scanSignIn(code: string): Promise<SignInRequest> {
    type Raw = { user_agent: string; address: string | null; created_at: number; expires_at: number };
    const raw = await this.ctx.rest.call<Raw>("POST", `/qr-login/${encodeURIComponent(code)}/scan`);
    return { userAgent: raw.user_agent, address: raw.address ?? "", createdAt: raw.created_at, expiresAt: raw.expires_at };
  }

  async confirmSignIn(code: string): Promise<void> {
    await this.ctx.rest.call("POST", `/qr-login/${encodeURIComponent(code)}/confirm`);
  }

  async refuseSignIn(code: string): Promise<void> {
    await this.ctx.rest.call("POST", `/qr-login/${encodeURIComponent(code)}/refuse`);
  }

  async keepSecret(text: string, seconds: number): Promise<string> {
    const { code } = await this.ctx.rest.post<{ code: string }>("/app/secret_info", { expire_seconds: seconds, secret_text: text });
    return code;
  }

  async takeSecret(code: string): Promise<string> {
    return (await this.ctx.rest.get<{ secret_text: string }>("/app/secret_info", { code })).secret_text;
  }

  async remove(password: string): Promise<void> {
    await this.ctx.rest.post("/user/delete", { password });
    this.hooks.onKicked("removed");
  }

  /** A stored notice may tell of a session long gone, so only a pushed one ends this session. */
  async handleNotice(item: UserItem, isPushed: boolean): Promise<void> {
    const reason = kicks[item.body.type];
    if (reason) {
      if (isPushed) this.hooks.onKicked(reason);
    } else if (item.body.type === NoticeType.INFO_UPDATED) {
      if (item.body.content === SETTINGS_CHANGED) this.ctx.events.emit("account", { type: "settings" });
      else await this.profile();
    } else if (item.body.type !== NoticeType.UNKNOWN) {
      this.ctx.events.emit("account", { type: "devices" });
      const change = deviceChanges[item.body.type];
      if (change && isPushed) this.ctx.events.emit("device", { change, ...readDevice(item.body.content) });
    }
  }
}

/** Which device a notice is about; zeros from a server that does not say. */
function readDevice(content: string): { deviceSn: number; platform: number } {
  try {
    const raw = JSON.parse(content) as { device_sn?: number; platform?: number };
    return { deviceSn: raw.device_sn ?? 0, platform: raw.platform ?? 0 };
  } catch {
    return { deviceSn: 0, platform: 0 };
  }
}
