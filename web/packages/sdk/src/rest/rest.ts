import { asError, CeruleanError, errorOfRest } from "../errors.js";
import type { Page } from "../types.js";

const LIMIT_MS = 20_000;

export type Query = Record<string, string | number | boolean | undefined>;

export interface RestOptions {
  baseUrl: string;
  appId: string;
  fetch: typeof fetch;
  locale?: string;
  token(): string | null;
  /** The server no longer takes the given token. */
  onTokenInvalid(token: string): void;
}

interface Envelope<T> {
  code: number;
  data: T;
  message: string | null;
  /** Of lists with pages: where the next page begins, empty at the end. */
  cursor?: string;
  total?: number;
}

interface Problem {
  code?: number;
  title?: string;
  detail?: string;
}

/** The server's HTTP interface. Compatible paths answer an envelope, `/client/v1` real status codes and problem details. */
export class Rest {
  constructor(private readonly options: RestOptions) {}

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.envelope<T>("GET", path, query)).data;
  }

  async post<T>(path: string, body: unknown = {}, query: Query = {}): Promise<T> {
    return (await this.envelope<T>("POST", path, query, body)).data;
  }

  async delete<T>(path: string, body: unknown = {}): Promise<T> {
    return (await this.envelope<T>("DELETE", path, {}, body)).data;
  }

  /** One page of a list. */
  async page<T>(method: "GET" | "POST", path: string, query: Query = {}, body?: unknown): Promise<Page<T>> {
    const { data, cursor, total } = await this.envelope<T[]>(method, path, query, body);
    return { items: data, cursor: cursor ? cursor : null, total: total ?? data.length };
  }

  /** A whole list, page by page. */
  async all<T>(method: "GET" | "POST", path: string, query: Query = {}, body?: unknown): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.page(method, path, { ...query, cursor: cursor ?? undefined }, body);
      items.push(...page.items);
      // A cursor that does not move would ask for ever.
      cursor = page.cursor === cursor ? null : page.cursor;
    } while (cursor !== null);
    return items;
  }

  /** An operation of `/client/v1`. */
  async call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, query: Query = {}, body?: unknown): Promise<T> {
    const { response, json, token } = await this.request(method, `/client/v1${path}`, query, body);
    if (response.ok) return json as T;
    const problem = (json ?? {}) as Problem;
    const code = problem.code ?? response.status;
    throw this.fail(errorOfRest(code, problem.detail ?? problem.title ?? "", response.status), token);
  }

  headers(): Record<string, string> {
    const token = this.options.token();
    const headers: Record<string, string> = { app_id: this.options.appId };
    if (token) headers["access-token"] = token;
    if (this.options.locale) headers["accept-language"] = this.options.locale;
    return headers;
  }

  private async envelope<T>(method: "GET" | "POST" | "DELETE", path: string, query: Query, body?: unknown): Promise<Envelope<T>> {
    const { response, json, token } = await this.request(method, path, query, body);
    const envelope = json as Envelope<T> | null;
    if (typeof envelope?.code !== "number") throw this.fail(errorOfRest(response.status, response.statusText, response.status), token);
    if (envelope.code !== 200) throw this.fail(errorOfRest(envelope.code, envelope.message ?? "", response.status), token);
    return envelope;
  }

  private async request(method: string, path: string, query: Query, body: unknown) {
    const url = new URL(path, this.options.baseUrl);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const token = this.options.token();
    const headers = this.headers();
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      const response = await this.options.fetch(url.href, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      const text = await response.text();
      return { response, json: parse(text), token };
    } catch (thrown) {
      if (thrown instanceof Error && (thrown.name === "TimeoutError" || thrown.name === "AbortError")) {
        throw new CeruleanError(0, "timeout", "the server did not answer in time");
      }
      throw asError(thrown);
    }
  }

  private fail(error: CeruleanError, token: string | null): CeruleanError {
    if (error.reason === "token-invalid" && token) this.options.onTokenInvalid(token);
    return error;
  }
}

function parse(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
