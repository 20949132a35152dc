import type { FakeServer } from "./fake-server.js";

type Handler = (request: { query: URLSearchParams; body: Record<string, unknown>; userId: number }) => unknown;

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}

/** HTTP side of the fake server. Handlers return `data`, or throw an `Answer` for anything else. */
export class FakeRest {
  readonly calls: Call[] = [];
  readonly friends = new Map<number, Set<number>>();
  readonly handlers = new Map<string, Handler>();

  constructor(private readonly server: FakeServer) {
    this.on("POST /token/user", ({ body }) => ({ user_id: Number(String(body["name"]).replace(/\D/g, "")), token: `token-${String(body["name"])}`, public_key: "" }));
    this.on("GET /user/profile", ({ userId }) => ({ user_id: userId, username: `u${userId}`, nick_name: `Nick ${userId}`, avatar: "", description: "", mobile: "", email: "" }));
    this.on("GET /roster/list", ({ userId }) => [...(this.friends.get(userId) ?? [])]);
    this.on("POST /roster/list", ({ body, userId }) => (body["list"] as number[]).map((id) => this.rosterItem(userId, id)));
    this.on("GET /group/user_joined", ({ userId }) => [...server.groups].filter(([, members]) => members.includes(userId)).map(([id]) => id));
    this.on("POST /group/info/batch", ({ body }) => (body["group_list"] as number[]).filter((id) => server.groups.has(id)).map((id) => this.group(id)));
    this.on("GET /client/v1/conversations", ({ userId }) => ({ items: server.conversations(userId), next_cursor: null }));
    this.on("POST /client/v1/sign-out", () => null);
  }

  on(name: string, handler: Handler): void {
    this.handlers.set(name, handler);
  }

  fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const method = init?.method ?? "GET";
    const headers = new Headers(init?.headers);
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : {};
    this.calls.push({ method, path: url.pathname, query: url.searchParams, body, headers });
    const isPlain = url.pathname.startsWith("/client/v1");
    const handler = this.handlers.get(`${method} ${url.pathname}`);
    if (!handler) return isPlain ? json(404, { code: 404, title: "not found" }) : json(200, { code: 404, data: null, message: "not found" });
    try {
      const userId = Number((headers.get("access-token") ?? "").replace(/\D/g, ""));
      const data = handler({ query: url.searchParams, body: body as Record<string, unknown>, userId });
      return isPlain ? json(200, data) : json(200, { code: 200, data, message: null });
    } catch (thrown) {
      if (thrown instanceof Answer) return json(thrown.status, thrown.body);
      throw thrown;
    }
  };

  count(path: string): number {
    return this.calls.filter((call) => call.path === path).length;
  }

  rosterItem(userId: number, id: number) {
    return {
      user_id: id, username: `u${id}`, nick_name: `Nick ${id}`, alias: "", avatar: "", description: "", public_info: "", ext: "",
      mute_notification: false, relation: this.friends.get(userId)?.has(id) ? 0 : 2, auth_mode: 1, auth_question: "",
    };
  }

  group(id: number) {
    return { group_id: id, name: `Group ${id}`, avatar: "", description: "", owner_id: this.server.groups.get(id)?.[0] ?? 0, count: this.server.groups.get(id)?.length ?? 0 };
  }
}

export class Answer extends Error {
  constructor(readonly status: number, readonly body: unknown) {
    super("answer");
  }
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}
