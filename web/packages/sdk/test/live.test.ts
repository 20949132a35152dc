import { describe, expect, it, vi } from "vitest";
import { CeruleanClient, type Message } from "../src/index.js";

/**
 * Against a running server with open registration:
 * `CERULEAN_URL=http://127.0.0.1:8080 NODE_OPTIONS=--experimental-websocket npx vitest run test/live.test.ts`
 * `CERULEAN_APP` names the app where the server tells of no default.
 */
const baseUrl = process.env["CERULEAN_URL"];

describe.skipIf(!baseUrl)("a real server", () => {
  const url = baseUrl ?? "";
  const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 5_000, interval: 20 });

  async function newUser(prefix: string): Promise<CeruleanClient> {
    const appId = process.env["CERULEAN_APP"] ?? (await CeruleanClient.serverInfo(url)).defaultApp ?? "";
    const client = new CeruleanClient({ baseUrl: url, appId, storage: "memory" });
    const account = { username: `${prefix}_${Date.now().toString(36)}${Math.floor(Math.random() * 1e6)}`, password: "correct-Horse-7-battery" };
    await client.register(account);
    await client.signIn({ name: account.username, password: account.password });
    expect(client.state).toBe("online");
    return client;
  }

  function only(client: CeruleanClient, xid: number): Message {
    const [message, ...others] = client.messages.list(xid);
    expect(others).toEqual([]);
    return message as Message;
  }

  it("carries a friendship, a chat with read mark, edit, recall, history, and an intact chain", async () => {
    const [alice, bob] = [await newUser("alice"), await newUser("bob")];
    const [a, b] = [alice.me?.userId ?? 0, bob.me?.userId ?? 0];

    await alice.roster.apply(b, "hello");
    if (alice.roster.profile(b)?.relation !== "friend") await bob.roster.accept(a);
    await until(() => expect([alice.roster.list().length, bob.roster.list().length]).toEqual([1, 1]));

    await alice.messages.sendText(b, "first");
    await until(() => expect(only(bob, a)).toMatchObject({ text: "first", from: a }));
    await until(() => expect(only(alice, b)).toMatchObject({ status: "sent" }));
    expect(only(alice, b).link).toBe(only(bob, a).link);

    await bob.conversations.markRead(a);
    await until(() => expect(only(alice, b).status).toBe("read"));
    await alice.messages.edit(b, only(alice, b).mid, "edited");
    await until(() => expect(only(bob, a).text).toBe("edited"));

    await alice.messages.sendText(b, "second");
    await until(() => expect(bob.messages.list(a)).toHaveLength(2));
    await until(() => expect(alice.messages.list(b)[1]?.mid).toBeGreaterThan(0));
    await alice.messages.recall(b, alice.messages.list(b)[1]?.mid ?? 0);
    await until(() => expect(only(bob, a).text).toBe("edited"));

    await bob.messages.loadOlder(a, 20);
    expect(only(bob, a).text).toBe("edited");
    expect(await bob.messages.verifyChain(a)).toMatchObject({ intact: true });
    await Promise.all([alice.signOut(), bob.signOut()]);
  }, 30_000);

  it("carries a group and a file", async () => {
    const [alice, bob] = [await newUser("alice"), await newUser("bob")];
    const b = bob.me?.userId ?? 0;
    const group = await alice.groups.create({ name: "Live", members: [b] });
    await until(() => expect(bob.groups.find(group.groupId)?.name).toBe("Live"));
    await alice.messages.sendText(group.groupId, "hello group");
    await until(() => expect(bob.messages.list(group.groupId)).toMatchObject([{ text: "hello group" }]));
    await bob.messages.sendFile(group.groupId, new Blob(["some bytes"], { type: "text/plain" }), { name: "a.txt" });
    const file = await until(() => {
      const found = alice.messages.list(group.groupId).find((message) => message.kind === "file");
      expect(found).toBeDefined();
      return found as Message;
    });
    expect(await (await fetch(alice.files.urlFor(file.attachment?.url ?? ""))).text()).toBe("some bytes");
    await Promise.all([alice.signOut(), bob.signOut()]);
  }, 30_000);
});
