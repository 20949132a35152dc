import { lazy, Suspense } from "react";
import type { Message } from "@cerulean/sdk";
import { FileContent } from "./content/FileContent";
import { ImageContent } from "./content/ImageContent";
import { LocationContent } from "./content/LocationContent";
import { TextContent } from "./content/TextContent";
import { VideoContent } from "./content/VideoContent";
import { LinkCard } from "./links/LinkCard";
import { MergedContent } from "./record/MergedContent";
import "./MessageContent.css";

const VoiceContent = lazy(async () => ({ default: (await import("./voice/VoiceContent")).VoiceContent }));

/** The inside of a message, by its kind. */
export function MessageContent({ message }: { message: Message }) {
  switch (message.kind) {
    case "image":
      return <ImageContent message={message} />;
    case "audio":
      return (
        <Suspense fallback={<div className="bubble-voice-room" />}>
          <VoiceContent message={message} />
        </Suspense>
      );
    case "video":
      return <VideoContent message={message} />;
    case "file":
      return <FileContent message={message} />;
    case "location":
      return <LocationContent message={message} />;
    default:
      if (message.merged) return <MergedContent message={message} record={message.merged} />;
      return (
        <>
          <TextContent message={message} />
          <LinkCard message={message} />
        </>
      );
  }
}
