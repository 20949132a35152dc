export interface EmojiGroup {
  id: "smileys" | "gestures" | "hearts" | "nature" | "food" | "activity" | "things";
  emoji: string[];
}

const split = (text: string) => text.split(" ");

/** The few hundred signs people really use; everything else still arrives through the system keyboard. */
export const emojiGroups: EmojiGroup[] = [
  {
    id: "smileys",
    emoji: split(
      "😀 😃 😄 😁 😆 😅 😂 🤣 😊 😇 🙂 🙃 😉 😌 😍 🥰 😘 😗 😋 😛 😜 🤪 😝 🤗 🤭 🤫 🤔 🤐 🤨 😐 😑 😶 😏 😒 🙄 😬 😮 😯 😲 😳 🥺 😢 😭 😤 😠 😡 🤯 😱 😨 😰 😥 😓 😴 🤤 😪 😵 🤢 🤧 🤒 🤕 🥳 🥴 😎 🤓 🧐 😕 😟 🙁 😞 😔 😣 😖 😫 😩 😈 💀 💩 🤡 👻 🤖",
    ),
  },
  {
    id: "gestures",
    emoji: split(
      "👍 👎 👌 🤌 ✌️ 🤞 🤟 🤘 🤙 👈 👉 👆 👇 ☝️ 👋 🤚 ✋ 🖖 👏 🙌 👐 🤲 🤝 🙏 ✍️ 💅 💪 🧠 👀 👂 👶 🧒 👩 👨 🧑 👵 👴 🙋 🤷 🤦 🙇 💁 🏃 🚶 💃 🕺 👪 👫",
    ),
  },
  {
    id: "hearts",
    emoji: split("❤️ 🧡 💛 💚 💙 💜 🖤 🤍 🤎 💔 💕 💞 💓 💗 💖 💘 💝 💯 💢 💥 💫 💦 💨 💬 💭 💤 ✨ ⭐ 🌟 🔥 🎉 🎊"),
  },
  {
    id: "nature",
    emoji: split(
      "🐶 🐱 🐭 🐹 🐰 🦊 🐻 🐼 🐨 🐯 🦁 🐮 🐷 🐸 🐵 🐔 🐧 🐦 🐤 🦆 🦅 🦉 🐺 🐴 🦄 🐝 🦋 🐢 🐍 🐬 🐳 🐟 🌵 🌲 🌴 🌱 🍀 🌷 🌹 🌻 🌙 ☀️ ⛅ 🌧️ ⛄ 🌈 🌊 🌍",
    ),
  },
  {
    id: "food",
    emoji: split(
      "🍎 🍊 🍋 🍌 🍉 🍇 🍓 🍒 🍑 🥭 🍍 🥝 🍅 🥑 🥕 🌽 🍞 🥐 🧀 🍳 🥞 🍔 🍟 🍕 🌮 🍜 🍚 🍣 🍤 🥟 🍦 🎂 🍰 🍫 🍬 🍵 ☕ 🥛 🍺 🍷 🥂 🧋",
    ),
  },
  {
    id: "activity",
    emoji: split("⚽ 🏀 🏈 ⚾ 🎾 🏐 🏓 🏸 🥊 🎿 🏊 🚴 🏆 🥇 🎯 🎮 🎲 🧩 🎨 🎬 🎤 🎧 🎹 🎸 🚗 🚕 🚌 🚲 🚀 ✈️ 🚄 🚢 🏠 🏢 🏝️ 🗽"),
  },
  {
    id: "things",
    emoji: split(
      "💡 📌 📎 ✂️ 📝 📅 📊 📈 📁 📦 📷 📱 💻 ⌨️ 🖥️ 🖨️ 🔋 🔌 🔍 🔑 🔒 🔔 ⏰ ⌛ 💰 💳 🎁 🎈 🧧 📮 ✉️ 📣 ✅ ❌ ❓ ❗ ⚠️ 🚫 ➕ ➖ ♻️ 🆗",
    ),
  },
];

const recentKey = "cerulean.recentEmoji";
const recentLimit = 16;

export function readRecentEmoji(): string[] {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(recentKey) ?? "[]");
    return Array.isArray(saved) ? saved.filter((sign) => typeof sign === "string").slice(0, recentLimit) : [];
  } catch {
    return [];
  }
}

export function rememberEmoji(sign: string): void {
  const next = [sign, ...readRecentEmoji().filter((other) => other !== sign)].slice(0, recentLimit);
  localStorage.setItem(recentKey, JSON.stringify(next));
}
