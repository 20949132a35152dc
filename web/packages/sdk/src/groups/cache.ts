import type { Context } from "../context.js";
import type { Group } from "../types.js";
import { toGroup, type ServerGroup } from "./convert.js";

const BATCH = 20;

export interface GroupCacheHooks {
  onGroups(groupIds: number[]): void;
  /** Who is in a group that has no name. */
  memberNames(groupId: number): Promise<string[]>;
  /** It can be called by them now. */
  onNamed(groupId: number): void;
}

/** The groups known here. Requests of one moment become one call, and an answer about a group left meanwhile is dropped. */
export class GroupCache {
  private readonly all = new Map<number, Group>();
  private readonly dirty = new Set<number>();
  /** Left while an answer about them may still be under way. */
  private readonly left = new Set<number>();
  private snapshot: Group[] | null = null;
  private refreshing: Promise<void> | null = null;

  /** Ends when those asked about before have their names: a list of many must not become as many calls at once. */
  private naming: Promise<void> = Promise.resolve();

  constructor(
    private readonly ctx: Context,
    private readonly hooks: GroupCacheHooks,
  ) {}

  list(): Group[] {
    this.snapshot ??= [...this.all.values()].sort((a, b) => a.name.localeCompare(b.name));
    return this.snapshot;
  }

  find(groupId: number): Group | undefined {
    return this.all.get(groupId);
  }

  /** Makes the cache hold exactly these groups. */
  async load(joined: number[]): Promise<void> {
    this.left.clear();
    const kept = new Set(joined);
    for (const groupId of [...this.all.keys()]) if (!kept.has(groupId)) this.all.delete(groupId);
    this.snapshot = null;
    await this.fetch(joined);
  }

  refetch(groupId: number): Promise<void> {
    this.left.delete(groupId);
    this.dirty.add(groupId);
    this.refreshing ??= Promise.resolve().then(async () => {
      this.refreshing = null;
      const groupIds = [...this.dirty];
      this.dirty.clear();
      await this.fetch(groupIds);
    });
    return this.refreshing;
  }

  put(group: Group): void {
    this.left.delete(group.groupId);
    this.take([group]);
  }

  drop(groupId: number): void {
    this.snapshot = null;
    this.dirty.delete(groupId);
    this.left.add(groupId);
    this.all.delete(groupId);
  }

  clear(): void {
    this.all.clear();
    this.dirty.clear();
    this.left.clear();
    this.snapshot = null;
  }

  private async fetch(groupIds: number[]): Promise<void> {
    for (let start = 0; start < groupIds.length; start += BATCH) {
      const batch = groupIds.slice(start, start + BATCH);
      this.take((await this.ctx.rest.post<ServerGroup[]>("/group/info/batch", { group_list: batch })).map(toGroup));
    }
  }

  private take(groups: Group[]): void {
    const present = groups.filter((group) => !this.left.has(group.groupId));
    for (const group of present) {
      const names = this.all.get(group.groupId)?.memberNames;
      const isNamed = group.name !== "";
      this.all.set(group.groupId, isNamed || !names ? group : { ...group, memberNames: names });
      if (!isNamed) this.nameByMembers(group.groupId);
    }
    this.snapshot = null;
    this.hooks.onGroups(present.map((group) => group.groupId));
  }

  private nameByMembers(groupId: number): void {
    this.naming = this.naming.then(async () => {
      if (!this.all.has(groupId)) return;
      // Members may be hidden; then it goes by its number.
      const memberNames = await this.hooks.memberNames(groupId).catch(() => []);
      const group = this.all.get(groupId);
      if (!group || group.name !== "" || memberNames.length === 0) return;
      this.all.set(groupId, { ...group, memberNames });
      this.snapshot = null;
      this.hooks.onNamed(groupId);
    });
  }
}
