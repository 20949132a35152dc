/** What a web page says of itself, read by the server: the page learns nothing of whoever looks. */
export interface LinkPreview {
  /** The link, in its normal form. */
  url: string;
  /** Name of the site, its host where it has none. Title or description may be empty. */
  site: string;
  title: string;
  description: string;
  image: LinkImage | null;
}

/** A picture of the page, kept by the server. */
export interface LinkImage {
  /** Address that `<img>` can load as it is. Always one of the own server, never one of the page's. */
  url: string;
  width: number | null;
  height: number | null;
}

export interface LinksApi {
  /**
   * What the page behind a link says of itself; null when there is nothing to show. The server opens it, once for everybody.
   * Answers are kept for the session and calls for the same link share one. Rejects with `permission-denied` where previews are switched
   * off or the address is refused, with `rate-limited` when there were too many.
   */
  preview(url: string): Promise<LinkPreview | null>;
  /** The answer if it is here already; undefined while nobody knows. */
  find(url: string): LinkPreview | null | undefined;
}
