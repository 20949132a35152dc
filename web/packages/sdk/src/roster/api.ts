import type { BatchResult, RosterApplication, RosterItem, SentApplication } from "../types.js";

export interface RosterApi {
  list(): RosterItem[];
  load(): Promise<void>;
  /** Exact user name, id, phone or e-mail; none or one. */
  find(query: string): Promise<RosterItem[]>;
  /** What is known about any user; see `ensureProfiles`. */
  profile(userId: number): RosterItem | undefined;
  /** Name to show for any user: alias, nickname, user name, else the id as text. */
  nameOf(userId: number): string;
  ensureProfiles(userIds: number[]): Promise<void>;
  apply(userId: number, reason?: string, options?: { alias?: string; answer?: string }): Promise<void>;
  /** Several applications at once; resolves to what became of each. */
  applyToAll(requests: { userId: number; alias?: string; reason?: string }[]): Promise<BatchResult[]>;
  /** Applications I have received. */
  applications(): Promise<RosterApplication[]>;
  /** Those that I have made on this device and that wait for an answer, newest first. Changes fire `roster`. */
  sentApplications(): SentApplication[];
  accept(userId: number): Promise<void>;
  decline(userId: number, reason?: string): Promise<void>;
  remove(userId: number): Promise<void>;
  block(userId: number): Promise<void>;
  unblock(userId: number): Promise<void>;
  blocked(): Promise<number[]>;
  setAlias(userId: number, alias: string): Promise<void>;
  /** No sound and no push for what this friend writes. */
  setMuted(userId: number, isMuted: boolean): Promise<void>;
  /** A text of the app's own about a friend. */
  setExt(userId: number, ext: string): Promise<void>;
  /** Whether the server would let me write to this user. */
  mayMessage(userId: number): Promise<boolean>;
}
