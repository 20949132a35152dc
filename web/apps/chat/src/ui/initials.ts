const toneCount = 8;

/** One or two letters that stand for a name: first and last word in Latin scripts, the last two signs in Chinese. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (!trimmed) return "?";
  const ideographs = trimmed.match(/\p{Script=Han}/gu);
  if (ideographs) return ideographs.slice(-2).join("");
  const words = trimmed.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const first = [...(words[0] ?? trimmed)][0] ?? "?";
  const digits = /\d+$/u.exec(trimmed)?.[0].slice(-1) ?? "";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : digits;
  return (first + last).toUpperCase();
}

/** The same id always gets the same colour. */
export function toneOf(id: string | number): number {
  let hash = 2166136261;
  for (const sign of String(id)) hash = Math.imul(hash ^ sign.charCodeAt(0), 16777619) >>> 0;
  return ((hash ^ (hash >>> 15)) >>> 0) % toneCount;
}
