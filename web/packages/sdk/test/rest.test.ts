import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Files } from "../src/files.js";
import { Rest } from "../src/rest/rest.js";
import { Answer } from "./support/fake-rest.js";
import { ALICE, settle, World } from "./support/clients.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("errors", () => {
  it.each([
    [10000, "user-not-found"],
    [10010, "permission-denied"],
    [20013, "needs-owner"],
    [40002, "user-quota"],
    [77777, "code-77777"],
  ])("envelope code %i is %s", async (code, reason) => {
    const world = new World();
    world.rest.on("POST /token/user", () => {
      throw new Answer(200, { code, data: null, message: "why" });
    });
    const attempt = world.client().signIn({ name: "u1", password: "x" });
    await expect(attempt).rejects.toMatchObject({ name: "CeruleanError", code, reason, message: "why" });
  });

  it("problem details map by code, then by status", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.rest.on("GET /client/v1/users", () => {
      throw new Answer(404, { code: 10000, title: "user not found" });
    });
    await expect(alice.roster.find("nobody")).rejects.toMatchObject({ reason: "user-not-found" });
    world.rest.on("GET /client/v1/users", () => {
      throw new Answer(429, { title: "slow down" });
    });
    await expect(alice.roster.find("nobody")).rejects.toMatchObject({ reason: "rate-limited", message: "slow down" });
  });

  it("answer that is no JSON is a server error", async () => {
    const rest = new Rest({
      baseUrl: "http://server.test", appId: "demo", fetch: async () => new Response("<html>", { status: 502 }), token: () => null, onTokenInvalid: () => undefined,
    });
    await expect(rest.get("/user/profile")).rejects.toMatchObject({ reason: "server-error" });
  });

  it("code 402 ends the session", async () => {
    const world = new World();
    const alice = await world.signedIn(ALICE);
    world.rest.on("GET /user/settings", () => {
      throw new Answer(200, { code: 402, data: null, message: "token expired" });
    });
    await expect(alice.account.settings()).rejects.toMatchObject({ reason: "token-invalid" });
    await settle();
    expect(alice.state).toBe("kicked");
  });

  it("unreachable server is a network error", async () => {
    const rest = new Rest({
      baseUrl: "http://server.test", appId: "demo", token: () => null, onTokenInvalid: () => undefined,
      fetch: async () => {
        throw new TypeError("fetch failed");
      },
    });
    await expect(rest.get("/")).rejects.toMatchObject({ reason: "network" });
  });
});

describe("addresses of files", () => {
  const rest = new Rest({ baseUrl: "http://server.test", appId: "demo", fetch, token: () => "secret", onTokenInvalid: () => undefined });
  const files = new Files("http://server.test", "demo", rest, () => "secret", async () => "");

  it("own server gets the token, everyone else does not", () => {
    const own = files.urlFor("http://server.test/file/download/chat?file_sign=abc", { thumbnail: true });
    expect(own).toBe("http://server.test/file/download/chat?file_sign=abc&access-token=secret&app_id=demo&image_type=2");
    expect(files.urlFor("https://evil.test/x.png")).toBe("https://evil.test/x.png");
    expect(files.urlFor("//evil.test/x.png")).toBe("http://evil.test/x.png");
  });

  it("scripts and the like are refused", () => {
    expect(files.foreignHost("https://evil.test/x.png")).toBe("evil.test");
    expect(files.avatarFor("https://evil.test/x.png")).toBe("");
    expect(files.foreignHost("http://server.test/file/1") + files.foreignHost("abc/def")).toBe("");
    expect(files.avatarFor("abc/def")).toBe(files.urlFor("abc/def"));
    expect(["javascript:alert(1)", "data:text/html,x", ""].map((url) => files.urlFor(url))).toEqual(["", "", ""]);
  });

  it("raw avatar value becomes a download address", () => {
    expect(files.urlFor("abc/def")).toBe("http://server.test/file/download/avatar?object_name=abc%2Fdef&access-token=secret&app_id=demo");
  });
});
