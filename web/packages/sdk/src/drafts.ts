import type { DraftsApi } from "./api.js";
import type { Context } from "./context.js";

const SAVED = "drafts";

/** Text that was written and not sent, per conversation. Goes away with the rest of the storage at sign-out. */
export class Drafts implements DraftsApi {
  private readonly texts = new Map<number, string>();
  private isSaving = false;
  private isChanged = false;

  constructor(private readonly ctx: Context) {}

  get(xid: number): string {
    return this.texts.get(xid) ?? "";
  }

  set(xid: number, text: string): void {
    if (this.get(xid) === text) return;
    if (text) this.texts.set(xid, text);
    else this.texts.delete(xid);
    this.ctx.events.emit("draft", { xid });
    this.isChanged = true;
    this.save().catch((error: unknown) => this.ctx.handleError(error));
  }

  async restore(): Promise<void> {
    for (const [xid, text] of (await this.ctx.store().getValue<[number, string][]>(SAVED)) ?? []) {
      if (!this.texts.has(xid)) this.texts.set(xid, text);
      this.ctx.events.emit("draft", { xid });
    }
  }

  clear(): void {
    this.texts.clear();
    this.isChanged = false;
  }

  /** One write at a time; what changed meanwhile follows in one more. */
  private async save(): Promise<void> {
    if (this.isSaving) return;
    this.isSaving = true;
    try {
      while (this.isChanged) {
        this.isChanged = false;
        await this.ctx.store().putValue(SAVED, [...this.texts]);
      }
    } finally {
      this.isSaving = false;
    }
  }
}
