import { Fragment, type ReactNode } from "react";
import { linkParts } from "./links/firstLink";

const onlyEmoji = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*\s*){1,4}$/u;

export function isOnlyEmoji(text: string): boolean {
  return text.length < 40 && onlyEmoji.test(text);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");

/** "@" with one of the names, or with whatever follows it up to a space: a name may have changed since. */
function mentionPattern(names: readonly string[]): RegExp {
  const known = names.filter(Boolean).map((name) => escaped(name));
  return new RegExp(`(@(?:${[...known, "[^\\s@，。！？]+"].join("|")}))`, "gu");
}

/** Text with its web addresses made clickable and, in a message that mentions somebody, the mentions marked. */
export function RichText({ text, mentioned }: { text: string; mentioned?: readonly string[] | undefined }) {
  const parts: ReactNode[] = text.split(linkParts).map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ) : (
      <Fragment key={index}>{mentioned ? markMentions(part, mentioned) : part}</Fragment>
    ),
  );
  return <>{parts}</>;
}

function markMentions(text: string, names: readonly string[]): ReactNode[] {
  return text.split(mentionPattern(names)).map((part, index) =>
    index % 2 === 1 ? (
      <span key={index} className="mention">
        {part}
      </span>
    ) : (
      part
    ),
  );
}
