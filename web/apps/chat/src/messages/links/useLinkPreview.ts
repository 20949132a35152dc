import { useEffect, useState, type RefObject } from "react";
import type { LinkPreview } from "@cerulean/sdk";
import { useClient } from "../../client/ClientContext";

/** Whoever only scrolls past asks for nothing. */
const restMs = 200;

/** Asks for a preview once its place has come into view; undefined until then, null where there is nothing to show. */
export function useLinkPreview(url: string, place: RefObject<HTMLElement | null>): LinkPreview | null | undefined {
  const client = useClient();
  const [preview, setPreview] = useState(() => client.links.find(url));
  const isOpen = preview === undefined;

  useEffect(() => {
    const element = place.current;
    if (!isOpen || !element) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What failed is asked for again when it next comes into view; the client remembers what was refused for good.
    const ask = () => client.links.preview(url).then((found) => isCurrent && setPreview(found), () => undefined);
    const observer = new IntersectionObserver((entries) => {
      clearTimeout(timer);
      if (entries.at(-1)?.isIntersecting) timer = setTimeout(ask, restMs);
    });
    observer.observe(element);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [client, isOpen, place, url]);

  return preview;
}
