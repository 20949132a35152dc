import type { Context } from "../context.js";
import type { SentApplication } from "../types.js";

const SAVED = "sent-applications";
/** As long as the server keeps an application open. */
const OPEN_MS = 7 * 86_400_000;

/** Applications I made here and have no answer to. The server lists only those one has received, so this device remembers its own. */
export class SentApplications {
  private all = new Map<number, SentApplication>();

  constructor(private readonly ctx: Context) {}

  list(): SentApplication[] {
    return [...this.all.values()].filter((one) => one.expiresAt > Date.now()).sort((a, b) => b.expiresAt - a.expiresAt);
  }

  async restore(): Promise<void> {
    for (const one of (await this.ctx.store().getValue<SentApplication[]>(SAVED)) ?? []) this.all.set(one.userId, one);
  }

  note(userId: number, reason: string): void {
    this.all.set(userId, { userId, reason, expiresAt: Date.now() + OPEN_MS });
    this.save();
  }

  /** It was answered, or there is nothing left to ask. */
  drop(userId: number): void {
    if (this.all.delete(userId)) this.save();
  }

  clear(): void {
    this.all.clear();
  }

  private save(): void {
    this.ctx.store().putValue(SAVED, this.list()).catch((error: unknown) => this.ctx.handleError(error));
  }
}
