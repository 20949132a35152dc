import { lazy, Suspense, useDeferredValue } from "react";
import type { Message } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";
import { Folded } from "./Folded";
import { isFoldable } from "./isFoldable";
import { isOnlyEmoji, RichText } from "../RichText";

const Markdown = lazy(async () => ({ default: (await import("./Markdown")).Markdown }));

export function TextContent({ message }: { message: Message }) {
  const isMarkdown = message.format === "markdown" || message.isAppended === true;
  const content = isMarkdown ? <MarkdownContent message={message} /> : <PlainContent message={message} />;
  // What is still being written is read as it comes.
  return isFoldable(message.text) && message.isStreaming !== true ? <Folded>{content}</Folded> : content;
}

function PlainContent({ message: { text, mentions } }: { message: Message }) {
  const client = useClient();
  const mentioned = mentions?.userIds.map((id) => client.roster.nameOf(id));
  return (
    <div className={`bubble-text ${isOnlyEmoji(text) ? "is-emoji" : ""}`} dir="auto" data-testid="message-text">
      <RichText text={text} mentioned={mentioned} />
    </div>
  );
}

/** Pieces may arrive faster than they can be drawn; then some are drawn together. */
function MarkdownContent({ message }: { message: Message }) {
  const text = useDeferredValue(message.text);
  return (
    <div
      className={`bubble-markdown ${message.isStreaming ? "is-streaming" : ""}`}
      dir="auto"
      aria-busy={message.isStreaming === true}
      data-testid="message-text"
    >
      <Suspense fallback={<p className="bubble-text">{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
}
