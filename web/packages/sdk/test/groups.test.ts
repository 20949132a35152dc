import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CeruleanClient } from "../src/index.js";
import { ALICE, BOB, CAROL, World } from "./support/clients.js";
import { Answer } from "./support/fake-rest.js";

const GROUP = 2001;
let world: World;
let alice: CeruleanClient;

beforeEach(async () => {
  world = new World();
  world.server.groups.set(GROUP, [ALICE, BOB, CAROL]);
  alice = world.client();
  await alice.signIn({ name: `u${ALICE}`, password: "secret" });
});

const member = (userId: number, extra: object = {}) => ({ user_id: userId, display_name: "", join_time: userId, avatar: "", expired_time: 0, ...extra });

function membersInPagesOf(size: number): void {
  const all = [ALICE, BOB, CAROL];
  world.rest.on("GET /group/member_list", ({ query }) => {
    const start = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? size);
    const page = all.slice(start, start + limit);
    const cursor = start + limit < all.length ? String(start + limit) : "";
    throw new Answer(200, { code: 200, data: page.map((id) => member(id)), message: null, cursor, total: all.length });
  });
  world.rest.on("GET /group/admin_list", () => [member(BOB)]);
  world.rest.on("GET /group/banned_list", () => [member(CAROL, { expired_time: 5_000 })]);
}

describe("a group without a name", () => {
  it("is called by its first members, and no longer once it has a name", async () => {
    let name = "";
    const info = world.rest.group.bind(world.rest);
    world.rest.on("POST /group/info/batch", ({ body }) => (body["group_list"] as number[]).map((id) => ({ ...info(id), name })));
    membersInPagesOf(10);
    await alice.groups.load();
    expect(alice.groups.find(GROUP)?.memberNames).toBeUndefined();
    await vi.waitFor(() => expect(alice.groups.find(GROUP)?.memberNames).toEqual([`Nick ${BOB}`, `Nick ${CAROL}`]));
    // A list that is fetched anew keeps them meanwhile.
    await alice.groups.load();
    expect(alice.groups.find(GROUP)?.memberNames).toHaveLength(2);
    name = "Lake";
    await alice.groups.load();
    expect(alice.groups.find(GROUP)).toMatchObject({ name: "Lake" });
    expect(alice.groups.find(GROUP)?.memberNames).toBeUndefined();
  });

  it("has no names where its members are hidden", async () => {
    const info = world.rest.group.bind(world.rest);
    world.rest.on("POST /group/info/batch", ({ body }) => (body["group_list"] as number[]).map((id) => ({ ...info(id), name: "" })));
    await alice.groups.load();
    await vi.waitFor(() => expect(world.rest.count("/group/member_list")).toBe(1));
    expect(alice.groups.find(GROUP)).toMatchObject({ name: "" });
    expect(alice.groups.find(GROUP)?.memberNames).toBeUndefined();
  });
});

describe("members", () => {
  it("come whole over all pages, owner and admins first, with their bans", async () => {
    membersInPagesOf(1);
    const members = await alice.groups.members(GROUP);
    expect(members.map(({ userId, role, isBanned }) => [userId, role, isBanned])).toEqual([
      [ALICE, "owner", false],
      [BOB, "admin", false],
      [CAROL, "member", true],
    ]);
    expect(members[2]?.bannedUntil).toBe(5_000);
    expect(world.rest.count("/group/member_list")).toBe(3);
  });

  it("come in parts with a cursor to the next and the number of all", async () => {
    membersInPagesOf(2);
    const first = await alice.groups.listMembers(GROUP, { limit: 2 });
    expect(first).toMatchObject({ cursor: "2", total: 3, items: [{ userId: ALICE }, { userId: BOB }] });
    const rest = await alice.groups.listMembers(GROUP, { limit: 2, cursor: first.cursor ?? "" });
    expect(rest).toMatchObject({ cursor: null, items: [{ userId: CAROL, displayName: `Nick ${CAROL}` }] });
  });

  it("are listed also where bans may not be seen, and a cursor that stands still ends the list", async () => {
    membersInPagesOf(3);
    world.rest.on("GET /group/member_list", () => {
      throw new Answer(200, { code: 200, data: [member(BOB)], message: null, cursor: "stuck", total: 9 });
    });
    world.rest.on("GET /group/banned_list", () => {
      throw new Answer(200, { code: 20012, data: null, message: "needs group admin" });
    });
    expect((await alice.groups.members(GROUP)).map((one) => one.isBanned)).toEqual([false, false]);
  });
});

describe("what is refused for one user", () => {
  it.each([
    ["user is not a group member", "not-member"],
    ["user is on the group's block list", "group-blocked"],
    ["only the group's owner may do this to an admin, and nobody to the owner", "outranked"],
    ["group is full, it takes 5 members", "group-full"],
    ["something new", "rejected"],
  ])("%s is %s", async (message, reason) => {
    world.rest.on("POST /group/kick", () => [
      { user_id: BOB, result: "success", reason: "" },
      { user_id: CAROL, result: "fail", reason: message },
    ]);
    expect(await alice.groups.kick(GROUP, [BOB, CAROL])).toEqual([
      { userId: BOB, isOk: true, reason: "", message: "" },
      { userId: CAROL, isOk: false, reason, message },
    ]);
  });
});

describe("invitation codes", () => {
  it("are made with their end, and bring into a group that is then known", async () => {
    world.rest.on("GET /group/qrcode/sign", ({ query }) => ({ qr_info: `code of ${query.get("group_id")}`, create_at: 1, expire_at: 2 }));
    world.rest.on("POST /group/qrcode/invite", () => {
      world.server.groups.set(2002, [BOB, ALICE]);
      return { group_id: 2002 };
    });
    expect(await alice.groups.codes.sign(GROUP)).toEqual({ groupId: GROUP, text: `code of ${GROUP}`, createdAt: 1, expiresAt: 2 });
    expect(await alice.groups.codes.join("a code")).toBe(2002);
    expect(alice.groups.find(2002)?.name).toBe("Group 2002");
  });

  it("that are no good say why", async () => {
    world.rest.on("POST /group/qrcode/invite", () => {
      throw new Answer(200, { code: 20025, data: null, message: "expired group invite qr code" });
    });
    await expect(alice.groups.codes.join("old")).rejects.toMatchObject({ reason: "expired-group-code" });
  });
});

describe("shared files", () => {
  const raw = (id: number, at: number) => ({ file_id: id, group_id: GROUP, name: `f${id}`, size: 3, type: "text/plain", uploader: BOB, url: "u?", created_at: at });

  it("are uploaded, then entered into the list of the group", async () => {
    world.rest.on("GET /file/upload/chat", () => ({ upload_url: "http://server.test/up", download_url: "http://server.test/down?sign=1" }));
    world.rest.on("POST /group/file/upload", ({ body }) => ({ ...raw(7, 1), ...body }));
    const shared = await alice.groups.files.share(GROUP, new Blob(["abc"], { type: "text/plain" }), { name: "notes.txt" });
    expect(shared).toMatchObject({ name: "notes.txt", size: 3, mimeType: "text/plain", url: "http://server.test/down?sign=1" });
    expect(world.server.uploads).toEqual(["http://server.test/up notes.txt"]);
  });

  it("are listed newest first, and a refused removal is an error", async () => {
    world.rest.on("GET /group/file/list", () => [raw(1, 10), raw(2, 20)]);
    world.rest.on("POST /group/file/delete", () => [{ file_id: 1, result: "fail", reason: "only who shared a file may change it" }]);
    expect((await alice.groups.files.list(GROUP)).map((file) => file.fileId)).toEqual([2, 1]);
    await expect(alice.groups.files.remove(GROUP, [1])).rejects.toMatchObject({ reason: "permission-denied" });
  });
});
