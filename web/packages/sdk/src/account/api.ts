import type { Device, Limits, Profile, SignInRequest, UserSettings } from "../types.js";

export interface ProfilePatch {
  nickName?: string;
  description?: string;
  publicInfo?: string;
  privateInfo?: string;
}

export interface AccountApi {
  profile(): Promise<Profile>;
  updateProfile(patch: ProfilePatch): Promise<Profile>;
  /** Changes the name to sign in with. */
  setUsername(username: string): Promise<Profile>;
  setAvatar(image: Blob): Promise<Profile>;
  /** An empty text takes the number away. */
  setMobile(mobile: string): Promise<Profile>;
  /** An empty text takes the address away. */
  setEmail(email: string): Promise<Profile>;
  /** Has a code sent to an address that I want in my profile. */
  requestEmailCode(email: string): Promise<void>;
  /** Proves the address by the code. The password is needed where another address was proven before. */
  proveEmail(email: string, code: string, password?: string): Promise<Profile>;
  changePassword(oldPassword: string, newPassword: string): Promise<void>;
  devices(): Promise<Device[]>;
  /** Signs a device out for good; it needs the password again. */
  kickDevice(deviceSn: number): Promise<void>;
  /** Ends the sessions of a device, or of all, this one included. */
  closeSessions(deviceSn?: number): Promise<void>;
  settings(): Promise<UserSettings>;
  updateSettings(patch: Partial<UserSettings>): Promise<UserSettings>;
  /** What the server lets this user do, and how much of it. */
  limits(): Promise<Limits>;
  /** Claims a scanned sign-in code for this user and tells who asks; nobody is signed in by that. */
  scanSignIn(code: string): Promise<SignInRequest>;
  /** Signs the asking browser in as me. */
  confirmSignIn(code: string): Promise<void>;
  refuseSignIn(code: string): Promise<void>;
  /** Keeps a text for another device to fetch once; resolves to the code that fetches it. */
  keepSecret(text: string, seconds: number): Promise<string>;
  takeSecret(code: string): Promise<string>;
  /** Deletes the account for good. */
  remove(password: string): Promise<void>;
}
