import type { Context } from "../context.js";
import type { PushApi } from "./api.js";

export class Push implements PushApi {
  constructor(private readonly ctx: Context) {}

  async bind(deviceToken: string, notifierName: string): Promise<void> {
    const binding = { device_sn: this.ctx.deviceSn(), device_token: deviceToken, notifier_name: notifierName };
    await this.ctx.rest.post("/user/token/bind", binding);
  }

  async unbind(): Promise<void> {
    await this.ctx.rest.post("/user/token/unbind", {}, { deviceSn: this.ctx.deviceSn() });
  }

  async setAlias(alias: string, deviceToken?: string): Promise<void> {
    await this.ctx.rest.post("/user/push/alias", { alias, push_token: deviceToken });
  }

  async setBadge(count: number): Promise<void> {
    await this.ctx.rest.post("/user/push/badge", { badge: count });
  }

  tags(): Promise<string[]> {
    return this.ctx.rest.get("/user/push/tag");
  }

  async addTags(tags: readonly string[]): Promise<void> {
    await this.ctx.rest.post("/user/push/tag", { tags });
  }

  async removeTags(tags: readonly string[]): Promise<void> {
    await this.ctx.rest.delete("/user/push/tag", { tags });
  }

  async clearTags(): Promise<void> {
    await this.ctx.rest.delete("/user/push/tag/all");
  }
}
