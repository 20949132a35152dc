export interface ExcerptPart {
  text: string;
  isHit: boolean;
}

const before = 30;
const length = 160;

/** The part of a text around the first place where the words stand, split at every such place. */
export function excerpt(text: string, words: string): ExcerptPart[] {
  const wanted = words.trim().toLocaleLowerCase();
  const first = wanted ? text.toLocaleLowerCase().indexOf(wanted) : -1;
  const start = Math.max(0, first - before);
  const shown = `${start > 0 ? "…" : ""}${text.slice(start, start + length)}${start + length < text.length ? "…" : ""}`;
  if (first < 0) return [{ text: shown, isHit: false }];
  const parts: ExcerptPart[] = [];
  const folded = shown.toLocaleLowerCase();
  let from = 0;
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: shown.slice(from, at), isHit: false });
    parts.push({ text: shown.slice(at, at + wanted.length), isHit: true });
    from = at + wanted.length;
  }
  if (from < shown.length) parts.push({ text: shown.slice(from), isHit: false });
  return parts;
}
