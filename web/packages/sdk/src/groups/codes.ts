import type { Context } from "../context.js";
import type { GroupCode } from "../types.js";
import type { GroupCodesApi } from "./api.js";

/** Invitations to whoever scans them. */
export class GroupCodes implements GroupCodesApi {
  constructor(
    private readonly ctx: Context,
    private readonly onJoined: (groupId: number) => Promise<void>,
  ) {}

  async sign(groupId: number): Promise<GroupCode> {
    const raw = await this.ctx.rest.get<{ qr_info: string; create_at: number; expire_at: number }>("/group/qrcode/sign", { group_id: groupId });
    return { groupId, text: raw.qr_info, createdAt: raw.create_at, expiresAt: raw.expire_at };
  }

  async join(text: string): Promise<number> {
    const { group_id: groupId } = await this.ctx.rest.post<{ group_id: number }>("/group/qrcode/invite", { qr_info: text });
    await this.onJoined(groupId);
    return groupId;
  }
}
