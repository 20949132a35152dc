import type { Device, Limits, Profile, UserSettings } from "../types.js";

export interface ServerProfile {
  user_id: number;
  username: string;
  nick_name: string;
  avatar: string;
  description: string;
  mobile: string;
  email: string;
  public_info: string;
  private_info: string;
}

export interface ServerSettings {
  auth_mode: number;
  auth_question: string;
  auth_answer: string;
  group_confirm: boolean;
  auto_download: boolean;
  no_push: boolean;
  no_push_detail: boolean;
  no_push_start_hour: number;
  no_push_end_hour: number;
  push_nick_name: string;
  no_sounds: boolean;
  vibratory: boolean;
  silence_start_time: number;
  silence_end_time: number;
}

export function toProfile(raw: ServerProfile): Profile {
  return {
    userId: raw.user_id,
    username: raw.username ?? "",
    nickName: raw.nick_name ?? "",
    avatar: raw.avatar ?? "",
    description: raw.description ?? "",
    mobile: raw.mobile ?? "",
    email: raw.email ?? "",
    publicInfo: raw.public_info ?? "",
    privateInfo: raw.private_info ?? "",
    displayName: raw.nick_name || raw.username || String(raw.user_id),
  };
}

export function toSettings(raw: ServerSettings): UserSettings {
  return {
    authMode: raw.auth_mode ?? 0,
    authQuestion: raw.auth_question ?? "",
    authAnswer: raw.auth_answer ?? "",
    groupConfirm: raw.group_confirm ?? false,
    autoDownload: raw.auto_download ?? false,
    noPush: raw.no_push ?? false,
    noPushDetail: raw.no_push_detail ?? false,
    noPushStartHour: raw.no_push_start_hour ?? 0,
    noPushEndHour: raw.no_push_end_hour ?? 0,
    pushNickName: raw.push_nick_name ?? "",
    noSounds: raw.no_sounds ?? false,
    vibratory: raw.vibratory ?? false,
    silenceStartTime: raw.silence_start_time ?? 0,
    silenceEndTime: raw.silence_end_time ?? 0,
  };
}

/** Only what is present is sent, and so changed. */
export function toServerSettings(patch: Partial<UserSettings>): Partial<ServerSettings> {
  const wire: { [K in keyof ServerSettings]: ServerSettings[K] | undefined } = {
    auth_mode: patch.authMode,
    auth_question: patch.authQuestion,
    auth_answer: patch.authAnswer,
    group_confirm: patch.groupConfirm,
    auto_download: patch.autoDownload,
    no_push: patch.noPush,
    no_push_detail: patch.noPushDetail,
    no_push_start_hour: patch.noPushStartHour,
    no_push_end_hour: patch.noPushEndHour,
    push_nick_name: patch.pushNickName,
    no_sounds: patch.noSounds,
    vibratory: patch.vibratory,
    silence_start_time: patch.silenceStartTime,
    silence_end_time: patch.silenceEndTime,
  };
  return JSON.parse(JSON.stringify(wire)) as Partial<ServerSettings>;
}

export interface ServerLimits {
  text_bytes: number;
  file_bytes: number;
  batch_items: number;
  requests_per_minute: number | null;
  requests_per_minute_of_device: number | null;
  sends_per_minute: number | null;
  frames_per_minute: number | null;
  traffic_per_day: number | null;
  max_devices: number | null;
}

export function toLimits(raw: ServerLimits): Limits {
  return {
    textBytes: raw.text_bytes,
    fileBytes: raw.file_bytes,
    batchItems: raw.batch_items,
    requestsPerMinute: raw.requests_per_minute,
    requestsPerMinuteOfDevice: raw.requests_per_minute_of_device,
    sendsPerMinute: raw.sends_per_minute,
    framesPerMinute: raw.frames_per_minute,
    trafficPerDay: raw.traffic_per_day,
    maxDevices: raw.max_devices,
  };
}

export interface ServerDevice {
  device_sn: number;
  platform: number;
  user_agent: string;
  signed_in_at: number;
  last_seen_at: number;
}

export function toDevice(raw: ServerDevice, ownSn: number): Device {
  return {
    deviceSn: raw.device_sn,
    platform: raw.platform,
    userAgent: raw.user_agent,
    signedInAt: raw.signed_in_at,
    lastSeenAt: raw.last_seen_at,
    isThis: raw.device_sn === ownSn,
  };
}
