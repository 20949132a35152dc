import { randomBytes } from "node:crypto";
import type { Server } from "./server";

export interface User {
  id: number;
  username: string;
  password: string;
}

interface Envelope<T> {
  code: number;
  data: T;
  message: string | null;
}

/** What the tests prepare without a browser. */
export class Api {
  constructor(private readonly server: Server) {}

  /** Calls the server API as someone with `curl` would. Refusals are errors. */
  async call<T>(path: string, body: unknown, token?: string): Promise<T> {
    const answer = await fetch(`${this.server.url}${path}`, {
      method: "POST",
      headers: { app_id: this.server.signIns.app, "content-type": "application/json", ...(token ? { "access-token": token } : {}) },
      body: JSON.stringify(body),
    });
    const envelope = (await answer.json()) as Envelope<T>;
    if (envelope.code !== 200) throw new Error(`${path} answered ${envelope.code} ${envelope.message}`);
    return envelope.data;
  }

  /** The name gets an ending of its own, as all tests of a worker share one app. */
  async register(name: string): Promise<User> {
    const account = { username: `${name}_${randomBytes(4).toString("hex")}`, password: `pass ${randomBytes(6).toString("hex")}` };
    const { user_id: id } = await this.call<{ user_id: number }>("/user/register/v2", account);
    return { id, ...account };
  }

  async apply(from: User, to: User, reason = ""): Promise<void> {
    await this.call("/roster/apply", { user_id: to.id, alias: "", reason, auth_answer: "" }, await this.token(from));
  }

  async befriend(one: User, other: User): Promise<void> {
    await this.apply(one, other);
    await this.call("/roster/accept", { user_id: one.id }, await this.token(other));
  }

  /** Sends with the administrator's token in the name of a user. */
  async sendAs(from: User, to: User, content: string): Promise<void> {
    const body = { type: 1, from_user_id: from.id, targets: [to.id], content_type: 0, content };
    await this.call("/message/send", body, this.server.signIns.admin_token);
  }

  /** Sends in the name of a user whatever the server API can send; the id of the message when there is one. */
  async sendRaw(from: User, targets: number[], fields: Record<string, unknown>): Promise<number> {
    const answer = await fetch(`${this.server.url}/message/send`, {
      method: "POST",
      headers: { app_id: this.server.signIns.app, "content-type": "application/json", "access-token": this.server.signIns.admin_token },
      body: JSON.stringify({ type: 1, from_user_id: from.id, targets, content_type: 0, content: "", ...fields }),
    });
    const { code, message, msg_ids: ids } = (await answer.json()) as { code: number; message: string | null; msg_ids?: number[] };
    if (code !== 200) throw new Error(`/message/send answered ${code} ${message}`);
    return ids?.[0] ?? 0;
  }

  /** What the system tells a user. */
  async tell(user: User, content: string): Promise<void> {
    await this.call("/message/notify", { type: 1, targets: [user.id], content_type: 0, content }, this.server.signIns.admin_token);
  }

  async sendToGroup(from: User, groupId: number, content: string): Promise<void> {
    const body = { type: 2, from_user_id: from.id, targets: [groupId], content_type: 0, content };
    await this.call("/message/send", body, this.server.signIns.admin_token);
  }

  /** A call in the name of a user. */
  async as<T>(user: User, path: string, body: unknown): Promise<T> {
    return this.call<T>(path, body, await this.token(user));
  }

  private async token({ username, password }: User): Promise<string> {
    return (await this.call<{ token: string }>("/token/user", { name: username, password })).token;
  }
}
