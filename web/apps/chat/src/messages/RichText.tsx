import { Fragment, type ReactNode } from "react";

const link = /(https?:\/\/[^\s<>"'，。！？、；：（）《》]+[^\s<>"'，。！？、；：（）《》.,!?;:)\]])/gu;
const onlyEmoji = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*\s*){1,4}$/u;

export function isOnlyEmoji(text: string): boolean {
  return text.length < 40 && onlyEmoji.test(text);
}

/** Text with its web addresses made clickable. */
export function RichText({ text }: { text: string }) {
  const parts: ReactNode[] = text.split(link).map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ) : (
      <Fragment key={index}>{part}</Fragment>
    ),
  );
  return <>{parts}</>;
}
