import type { BatchResult, Relation, RosterApi, RosterApplication, RosterItem, SentApplication } from "@cerulean/sdk";
import type { MockClient } from "./client";
import { day } from "./world";

export class MockRoster implements RosterApi {
  readonly #client: MockClient;
  #list: RosterItem[] = [];
  #applications: RosterApplication[] = [
    { userId: 1009, reason: "We met at the bird fair", status: "pending", expiresAt: Date.now() + 7 * day },
    { userId: 1010, reason: "", status: "accepted", expiresAt: Date.now() + 5 * day },
  ];

  #sent: SentApplication[] = [];

  constructor(client: MockClient) {
    this.#client = client;
    this.#refresh();
  }

  list(): RosterItem[] {
    return this.#list;
  }

  async load(): Promise<void> {
    await this.#client.wait();
  }

  async find(query: string): Promise<RosterItem[]> {
    await this.#client.wait();
    return this.#client.world.people.filter((one) => one.username === query || String(one.userId) === query);
  }

  profile(userId: number): RosterItem | undefined {
    return this.#client.world.people.find((one) => one.userId === userId);
  }

  nameOf(userId: number): string {
    if (userId === this.#client.world.me.userId) return this.#client.world.me.displayName;
    return this.profile(userId)?.displayName ?? String(userId);
  }

  async ensureProfiles(): Promise<void> {}

  async apply(userId: number, reason = ""): Promise<void> {
    await this.#client.wait();
    this.#sent = [{ userId, reason, expiresAt: Date.now() + 7 * day }, ...this.#sent];
    this.#client.events.emit("roster", { type: "list", userId });
  }

  sentApplications(): SentApplication[] {
    return this.#sent;
  }

  async applications(): Promise<RosterApplication[]> {
    await this.#client.wait();
    return this.#applications;
  }

  async accept(userId: number): Promise<void> {
    this.#answer(userId, "accepted");
    this.#relate(userId, "friend");
  }

  async decline(userId: number): Promise<void> {
    this.#answer(userId, "declined");
  }

  async remove(userId: number): Promise<void> {
    this.#relate(userId, "deleted");
  }

  async block(userId: number): Promise<void> {
    this.#relate(userId, "blocked");
  }

  async unblock(userId: number): Promise<void> {
    this.#relate(userId, "friend");
  }

  async blocked(): Promise<number[]> {
    return this.#client.world.people.filter((one) => one.relation === "blocked").map((one) => one.userId);
  }

  async setAlias(userId: number, alias: string): Promise<void> {
    this.#change(userId, { alias });
  }

  async setMuted(userId: number, isMuted: boolean): Promise<void> {
    this.#change(userId, { isMuted });
  }

  async setExt(userId: number, ext: string): Promise<void> {
    this.#change(userId, { ext });
  }

  async mayMessage(userId: number): Promise<boolean> {
    return this.profile(userId)?.relation !== "blocked";
  }

  async applyToAll(requests: { userId: number }[]): Promise<BatchResult[]> {
    return requests.map(({ userId }) => ({ userId, isOk: true, reason: "", message: "" }));
  }

  #answer(userId: number, status: RosterApplication["status"]): void {
    this.#applications = this.#applications.map((one) => (one.userId === userId ? { ...one, status } : one));
    this.#client.events.emit("application", { userId });
  }

  #relate(userId: number, relation: Relation): void {
    this.#change(userId, { relation });
  }

  #change(userId: number, patch: Partial<RosterItem>): void {
    this.#client.world.people = this.#client.world.people.map((one) => {
      if (one.userId !== userId) return one;
      const next = { ...one, ...patch };
      return { ...next, displayName: next.alias || next.nickName || next.username };
    });
    this.#refresh();
    this.#client.events.emit("roster", { type: "list", userId });
  }

  #refresh(): void {
    this.#list = this.#client.world.people.filter((one) => one.relation === "friend");
  }
}
