import type { Profile } from "../types.js";

export interface StoredSession {
  userId: number;
  token: string;
  deviceSn: number;
  profile: Profile | null;
}

export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What is kept in `localStorage`: the session of an app, and this browser's own name per user. */
export class SessionStore {
  constructor(
    private readonly values: KeyValue,
    private readonly appId: string,
  ) {}

  load(): StoredSession | null {
    const text = this.values.getItem(this.sessionKey());
    if (!text) return null;
    try {
      const session = JSON.parse(text) as StoredSession;
      return session.userId > 0 && session.token !== "" ? session : null;
    } catch {
      return null;
    }
  }

  save(session: StoredSession): void {
    this.values.setItem(this.sessionKey(), JSON.stringify(session));
  }

  /** Removes the stored session, unless another tab has put in a newer one since. */
  remove(token: string): void {
    if (this.load()?.token === token) this.values.removeItem(this.sessionKey());
  }

  /** Stays the same over sign-outs, so that the server recognises the device. */
  deviceGuid(userId: number): string {
    const key = `cerulean.device.${this.appId}.${userId}`;
    const known = this.values.getItem(key);
    if (known) return known;
    const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const guid = `${userId}_${random >>> 1}`;
    this.values.setItem(key, guid);
    return guid;
  }

  private sessionKey(): string {
    return `cerulean.session.${this.appId}`;
  }
}

export class MemoryValues implements KeyValue {
  private readonly values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }

  removeItem(key: string): void {
    this.values.delete(key);
  }
}
