import { useRef, useState } from "react";
import type { LinkImage, LinkPreview, Message } from "@cerulean/sdk";
import { linkOf } from "./firstLink";
import { useLinkPreviews } from "./linkPreviews";
import { useLinkPreview } from "./useLinkPreview";
import "./LinkCard.css";

/** Pictures at least this wide stand above the text, smaller ones beside it. */
const broadPx = 400;

/** What the page behind the first link of a message says of itself. */
export function LinkCard({ message }: { message: Message }) {
  const isOn = useLinkPreviews();
  const url = isOn ? linkOf(message) : "";
  return url ? <LinkPlace key={url} url={url} /> : null;
}

function LinkPlace({ url }: { url: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const preview = useLinkPreview(url, place);
  if (preview) return <PreviewCard url={url} preview={preview} />;
  return preview === undefined ? <span ref={place} className="link-place" aria-hidden /> : null;
}

/** Leads where the message says, whatever the page claims; its host is always named. */
function PreviewCard({ url, preview: { site, title, description, image } }: { url: string; preview: LinkPreview }) {
  const { hostname } = new URL(url);
  const isBroad = (image?.width ?? 0) >= broadPx;
  return (
    <a
      className={`link-card ${isBroad ? "is-broad" : ""}`}
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      referrerPolicy="no-referrer"
      dir="auto"
      data-testid="link-card"
    >
      {image ? <Picture image={image} /> : null}
      <span className="link-card-texts">
        <span className="link-card-site truncate">{site && site !== hostname ? `${site} · ${hostname}` : hostname}</span>
        {title ? <b className="link-card-title">{title}</b> : null}
        {description ? <span className="link-card-description">{description}</span> : null}
      </span>
    </a>
  );
}

/** Its box has the same size before and after the picture is there, so that nothing moves. */
function Picture({ image }: { image: LinkImage }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return null;
  return (
    <span className="link-card-picture">
      <img src={image.url} alt="" loading="lazy" referrerPolicy="no-referrer" onError={() => setBroken(true)} />
    </span>
  );
}
