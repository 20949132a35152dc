import { CeruleanClient } from "@cerulean/sdk";

/** A session for somebody who has no account: taken up again, or made with a name and password nobody needs to know. */
export async function enterAsVisitor({ server, app }) {
  const client = new CeruleanClient({ baseUrl: server, appId: app });
  if (await client.resume()) return client;
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const account = { username: `visitor_${random()}`, password: random() };
  await client.register(account);
  await client.signIn({ name: account.username, password: account.password });
  return client;
}
