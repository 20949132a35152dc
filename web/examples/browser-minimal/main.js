import { CeruleanClient } from "@cerulean/sdk";

const query = new URLSearchParams(location.search);
const client = new CeruleanClient({ baseUrl: query.get("server") ?? location.origin, appId: query.get("app") ?? "demo" });
const [state, signIn, chat, conversations, messages, compose] = ["state", "sign-in", "chat", "conversations", "messages", "compose"].map((id) =>
  document.getElementById(id),
);
let open = 0;

client.on("state", showState);
client.on("conversations", showConversations);
client.on("messages", ({ xid }) => xid === open && showMessages());

signIn.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await client.signIn(Object.fromEntries(new FormData(signIn)));
  } catch (error) {
    state.textContent = `Could not sign in: ${error.message}`;
  }
});
compose.addEventListener("submit", async (event) => {
  event.preventDefault();
  await client.messages.sendText(open, compose.elements.text.value);
  compose.reset();
});
conversations.addEventListener("change", () => choose(Number(conversations.value)));
document.getElementById("sign-out").addEventListener("click", () => client.signOut());

await client.resume();
showState();
showConversations();

function showState() {
  state.textContent = client.isSignedIn ? `${client.me?.displayName ?? ""} is ${client.state}` : "Signed out";
  signIn.hidden = client.isSignedIn;
  chat.hidden = !client.isSignedIn;
}

function showConversations() {
  const list = client.conversations.list().filter((one) => one.kind !== "system");
  conversations.replaceChildren(...list.map((one) => new Option(`${one.name} ${one.unread ? `(${one.unread})` : ""}`, one.xid)));
  if (!list.some((one) => one.xid === open) && list[0]) choose(list[0].xid);
  conversations.value = open;
}

async function choose(xid) {
  open = xid;
  showMessages();
  await client.messages.loadOlder(xid, 30);
  await client.conversations.markRead(xid);
}

function showMessages() {
  const lines = client.messages.list(open).map((message) => {
    const line = document.createElement("li");
    line.className = message.isMine ? "mine" : "";
    line.textContent = `${message.isMine ? "me" : client.roster.nameOf(message.from)}: ${message.text} ${message.isMine ? `(${message.status})` : ""}`;
    return line;
  });
  messages.replaceChildren(...lines);
}
