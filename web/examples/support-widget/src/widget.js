import { enterAsVisitor } from "./visitor.js";
import { template } from "./template.js";

/** Puts the button into the page. Nothing is loaded from the server before it is opened for the first time. */
export function mountWidget(options) {
  const host = document.createElement("div");
  host.dataset.testid = "support-widget";
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = template;
  document.body.append(host);

  const [button, panel, messages, form, state] = ["button", "panel", "messages", "form", "state"].map((id) => root.getElementById(id));
  let client;

  button.addEventListener("click", async () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (panel.hidden) return;
    form.elements.text.focus();
    client ??= connect();
    await client.catch(() => undefined);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    if (!text || !client) return;
    form.reset();
    await (await client).messages.sendText(options.staff, text);
  });

  async function connect() {
    state.textContent = "Connecting…";
    try {
      const connected = await enterAsVisitor(options);
      connected.on("messages", () => show(connected));
      connected.on("state", ({ state: now }) => (state.textContent = now === "online" ? "" : "Waiting for the connection…"));
      state.textContent = "";
      connected.conversations.open(options.staff);
      await connected.messages.loadOlder(options.staff, 30);
      show(connected);
      return connected;
    } catch (error) {
      state.textContent = `The support cannot be reached (${error.message}). Close and open this to try again.`;
      client = undefined;
      throw error;
    }
  }

  function show(connected) {
    const lines = connected.messages.list(options.staff).map((message) => {
      const line = document.createElement("li");
      line.className = message.isMine ? "mine" : "theirs";
      line.textContent = message.text;
      return line;
    });
    messages.replaceChildren(...lines);
    messages.scrollTop = messages.scrollHeight;
  }
}
