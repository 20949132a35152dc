import type { AccountApi } from "../api.js";
import type { UserItem } from "../codec/item.js";
import type { Context } from "../context.js";
import type { Files } from "../files.js";
import { UserNotice_Type as NoticeType } from "../gen/xsync_pb.js";
import type { Device, KickReason, Profile, UserSettings } from "../types.js";

interface ServerProfile {
  user_id: number;
  username: string;
  nick_name: string;
  avatar: string;
  description: string;
  mobile: string;
  email: string;
}

interface ServerSettings {
  user_id: number;
  auth_mode: number;
  auth_question: string;
  auth_answer: string;
  group_confirm: boolean;
  no_push: boolean;
  no_push_detail: boolean;
  no_sounds: boolean;
  vibratory: boolean;
}

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

  async updateProfile(patch: { nickName?: string; description?: string; publicInfo?: string }): Promise<Profile> {
    await this.ctx.rest.post("/user/profile", { nick_name: patch.nickName, description: patch.description, public_info: patch.publicInfo });
    return this.profile();
  }

  async setAvatar(image: Blob): Promise<Profile> {
    await this.ctx.rest.post("/user/avatar", { avatar: await this.files.uploadAvatar(image) });
    return this.profile();
  }

  async changePassword(oldPassword: string, newPassword: string): Promise<void> {
    await this.ctx.rest.post("/user/change_password", { old_password: oldPassword, new_password: newPassword });
  }

  async devices(): Promise<Device[]> {
    const list = await this.ctx.rest.get<{ device_sn: number; platform: number; user_agent: string }[]>("/user/device/list");
    return list.map((raw) => ({
      deviceSn: raw.device_sn, platform: raw.platform, userAgent: raw.user_agent ?? "", isThis: raw.device_sn === this.ctx.deviceSn(),
    }));
  }

  async kickDevice(deviceSn: number): Promise<void> {
    await this.ctx.rest.post("/user/device/remove", { device_sn: deviceSn });
    this.ctx.events.emit("account", { type: "devices" });
  }

  async settings(): Promise<UserSettings> {
    return toSettings(await this.ctx.rest.get<ServerSettings>("/user/settings"));
  }

  async updateSettings(patch: Partial<UserSettings>): Promise<UserSettings> {
    await this.ctx.rest.post("/user/settings", {
      user_id: this.ctx.self(),
      auth_mode: patch.authMode,
      auth_question: patch.authQuestion,
      auth_answer: patch.authAnswer,
      group_confirm: patch.groupConfirm,
      no_push: patch.noPush,
      no_push_detail: patch.noPushDetail,
      no_sounds: patch.noSounds,
      vibratory: patch.vibratory,
    });
    this.ctx.events.emit("account", { type: "settings" });
    return this.settings();
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
      await this.profile();
    } else if (item.body.type !== NoticeType.UNKNOWN) {
      this.ctx.events.emit("account", { type: "devices" });
    }
  }
}

function toProfile(raw: ServerProfile): Profile {
  return {
    userId: raw.user_id,
    username: raw.username ?? "",
    nickName: raw.nick_name ?? "",
    avatar: raw.avatar ?? "",
    description: raw.description ?? "",
    mobile: raw.mobile ?? "",
    email: raw.email ?? "",
    displayName: raw.nick_name || raw.username || String(raw.user_id),
  };
}

function toSettings(raw: ServerSettings): UserSettings {
  return {
    authMode: raw.auth_mode ?? 0,
    authQuestion: raw.auth_question ?? "",
    authAnswer: raw.auth_answer ?? "",
    groupConfirm: raw.group_confirm ?? false,
    noPush: raw.no_push ?? false,
    noPushDetail: raw.no_push_detail ?? false,
    noSounds: raw.no_sounds ?? false,
    vibratory: raw.vibratory ?? false,
  };
}
