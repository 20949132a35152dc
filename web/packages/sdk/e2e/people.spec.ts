import { CeruleanClient } from "../src/index";
import WebSocket from "ws";
import { expect, test, type User, type World } from "../../../apps/chat/e2e/support/test";

async function clientOf(world: World, user: User): Promise<CeruleanClient> {
  const client = new CeruleanClient({ baseUrl: world.server.url, appId: world.server.signIns.app, webSocket: WebSocket });
  await client.signIn({ userId: user.id, password: user.password });
  return client;
}

async function people(world: World, ...names: string[]): Promise<[CeruleanClient, User][]> {
  return Promise.all(names.map(async (name) => {
    const user = await world.api.register(name);
    return [await clientOf(world, user), user] as [CeruleanClient, User];
  }));
}

test("everything about a group goes through the SDK", async ({ world }) => {
  const [[alice], [bob, bobUser], [carol, carolUser]] = (await people(world, "alice", "bob", "carol")) as [[CeruleanClient, User], [CeruleanClient, User], [CeruleanClient, User]];
  const { groupId } = await alice.groups.create({ name: "Choir", members: [bobUser.id] });

  await alice.groups.updateSettings(groupId, { allowMemberInvitation: true, historyVisible: true, applyApproval: 1, enableReadAck: true, hideMemberInfo: false, allowMemberModify: true });
  await alice.groups.setExt(groupId, '{"room":7}');
  await alice.groups.setDescription(groupId, "We sing");
  await alice.groups.setPushMode(groupId, 4);
  await alice.groups.setMuteMode(groupId, 1);
  expect(await alice.groups.info(groupId)).toMatchObject({ memberInvite: true, historyVisible: true, applyApproval: 1, ext: '{"room":7}', description: "We sing", msgPushMode: 4, msgMuteMode: 1 });

  const code = await bob.groups.codes.sign(groupId);
  expect(code.expiresAt).toBeGreaterThan(Date.now());
  expect(await carol.groups.codes.join(code.text)).toBe(groupId);
  await expect(carol.groups.codes.join("no.such.code")).rejects.toMatchObject({ reason: "bad-group-code" });
  await carol.groups.setDisplayName(groupId, "Carol, alto");
  expect(await alice.groups.findMembers(groupId, [carolUser.id])).toMatchObject([{ displayName: "Carol, alto", role: "member" }]);
  const page = await alice.groups.listMembers(groupId, { limit: 2 });
  expect(page).toMatchObject({ total: 3, items: { length: 2 } });
  expect((await alice.groups.listMembers(groupId, { limit: 2, cursor: page.cursor ?? "" })).items).toHaveLength(1);

  await alice.groups.addAdmins(groupId, [bobUser.id]);
  expect(await bob.groups.ban(groupId, [carolUser.id], 10)).toMatchObject([{ isOk: true }]);
  expect((await alice.groups.members(groupId)).find((one) => one.userId === carolUser.id)).toMatchObject({ isBanned: true });
  expect(await bob.groups.kick(groupId, [alice.me?.userId ?? 0])).toMatchObject([{ isOk: false, reason: "outranked" }]);

  const shared = await carol.groups.files.share(groupId, new Blob(["la la la"], { type: "text/plain" }), { name: "song.txt" });
  await carol.groups.files.rename(groupId, shared.fileId, "hymn.txt");
  expect(await alice.groups.files.list(groupId)).toMatchObject([{ name: "hymn.txt", size: 8, uploader: carolUser.id }]);
  expect(await (await fetch(alice.files.urlFor(shared.url))).text()).toBe("la la la");
  await alice.groups.files.remove(groupId, [shared.fileId]);
  expect(await alice.groups.files.list(groupId)).toEqual([]);

  await bob.groups.setAnnouncement(groupId, { title: "Monday", content: "Rehearsal at eight" });
  const [announcement] = await carol.groups.announcements(groupId);
  expect(announcement).toMatchObject({ title: "Monday", author: bobUser.id });
  await alice.groups.removeAnnouncement(groupId, announcement?.id ?? 0);
  expect(await carol.groups.announcements(groupId)).toEqual([]);

  await alice.groups.banAll(groupId, 5);
  expect((await alice.groups.info(groupId)).banExpireTime).toBeGreaterThan(Date.now() / 1000);
  await alice.groups.unbanAll(groupId);
  expect((await alice.groups.info(groupId)).banExpireTime).toBe(0);

  await alice.groups.block(groupId, [carolUser.id]);
  expect(await alice.groups.blocked(groupId)).toEqual([carolUser.id]);
  await expect(carol.groups.codes.join(code.text)).rejects.toMatchObject({ reason: "group-blocked" });
  await alice.groups.unblock(groupId, [carolUser.id]);
  await alice.groups.transfer(groupId, bobUser.id);
  await bob.groups.destroy(groupId);
  await expect(alice.groups.info(groupId)).rejects.toMatchObject({ reason: "group-not-found" });
  await Promise.all([alice.dispose(), bob.dispose(), carol.dispose()]);
});

test("people, settings and devices go through the SDK", async ({ world }) => {
  const [[alice], [bob, bobUser]] = (await people(world, "alice", "bob")) as [[CeruleanClient, User], [CeruleanClient, User]];
  await bob.account.updateSettings({ authMode: 2, authQuestion: "Which lake?", authAnswer: "Constance", silenceStartTime: 22, silenceEndTime: 7, noSounds: true });
  expect(await bob.account.settings()).toMatchObject({ authMode: 2, authAnswer: "Constance", silenceStartTime: 22, silenceEndTime: 7, noSounds: true, noPush: false });

  expect(await alice.roster.find(bobUser.username)).toMatchObject([{ authMode: 2, authQuestion: "Which lake?" }]);
  await expect(alice.roster.apply(bobUser.id, "", { answer: "Geneva" })).rejects.toMatchObject({ name: "CeruleanError" });
  await alice.roster.apply(bobUser.id, "", { answer: "Constance" });
  await expect.poll(() => alice.roster.list().map((one) => one.userId)).toEqual([bobUser.id]);
  await alice.roster.setAlias(bobUser.id, "Bobby");
  await alice.roster.setMuted(bobUser.id, true);
  expect(alice.roster.profile(bobUser.id)).toMatchObject({ displayName: "Bobby", isMuted: true });
  expect(await alice.roster.mayMessage(bobUser.id)).toBe(true);

  await alice.account.updateProfile({ publicInfo: '{"team":1}', privateInfo: "mine" });
  expect((await alice.account.setEmail("alice@example.com")).email).toBe("alice@example.com");
  expect(await alice.account.profile()).toMatchObject({ publicInfo: '{"team":1}', privateInfo: "mine" });
  const code = await alice.account.keepSecret("hand this over", 60);
  expect(await bob.account.takeSecret(code)).toBe("hand this over");
  await expect(bob.account.takeSecret(code)).rejects.toMatchObject({ reason: "not-found" });

  const laptop = await clientOf(world, bobUser);
  const other = (await bob.account.devices()).find((device) => !device.isThis);
  const kicked = new Promise((resolve) => laptop.on("kicked", resolve));
  await bob.account.kickDevice(other?.deviceSn ?? 0);
  expect(await kicked).toEqual({ reason: "device-removed" });

  const visitor = new CeruleanClient({ baseUrl: world.server.url, appId: world.server.signIns.app, webSocket: WebSocket });
  const name = await visitor.registerAnonymous({ prefix: "visitor_", password: "a long pass phrase" });
  expect(name).toMatch(/^visitor_/u);
  expect(await visitor.isNameFree(name)).toBe(false);
  await Promise.all([alice.dispose(), bob.dispose(), visitor.dispose()]);
});
