import { CeruleanClient, CeruleanError } from "@cerulean/sdk";
import WebSocket from "ws";

const baseUrl = process.env.CERULEAN_URL ?? "http://127.0.0.1:8080";
const appId = process.env.CERULEAN_APP ?? (await CeruleanClient.serverInfo(baseUrl)).defaultApp;
const username = process.env.BOT_NAME ?? "echo_bot";
const password = process.env.BOT_PASSWORD;
if (!password) throw new Error("BOT_PASSWORD must hold the password of the bot");

const bot = new CeruleanClient({ baseUrl, appId, webSocket: WebSocket });

let isAccepting = false;

// Subscribed before signing in, so that nothing that waited for the bot is missed.
bot.on("message", (message) => {
  const isForBot = !message.isMine && !message.isSystem && message.kind === "text";
  const isGroup = bot.groups.find(message.xid) !== undefined;
  const isMentioned = message.mentions?.userIds.includes(bot.me.userId);
  if (isForBot && (!isGroup || isMentioned)) void attempt(() => answer(message));
});
bot.on("application", () => void attempt(acceptFriends));
bot.on("error", (error) => console.error("in the background:", error.message));
bot.on("kicked", ({ reason }) => {
  console.error(`the session ended: ${reason}`);
  process.exitCode = 1;
});

await registerOnce();
await bot.signIn({ name: username, password });
await attempt(acceptFriends);
console.log(`${username} is user ${bot.me.userId} and listens`);

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void bot.dispose());

async function answer(message) {
  await bot.conversations.markRead(message.xid);
  await bot.messages.sendText(message.xid, message.text, {
    replyTo: { mid: message.mid, from: message.from, text: message.text },
  });
}

async function acceptFriends() {
  if (isAccepting) return;
  isAccepting = true;
  try {
    for (const { userId, status } of await bot.roster.applications()) if (status === "pending") await bot.roster.accept(userId);
  } finally {
    isAccepting = false;
  }
}

async function registerOnce() {
  try {
    await bot.register({ username, password });
  } catch (error) {
    if (!(error instanceof CeruleanError && error.reason === "user-exists")) throw error;
  }
}

/** One failure must not end the bot. */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof CeruleanError ? `${error.reason}: ${error.message}` : error);
  }
}
