import type { Context } from "../context.js";
import { asError, CeruleanError } from "../errors.js";
import type { LinkImage, LinkPreview, LinksApi } from "./api.js";

const KEPT = 500;
const AT_ONCE = 4;
/** The server's number for a site that does not answer. */
const SITE_SILENT = 50002;

/** Failures that another try may get past; whatever else the server says of a link stays so for this session. */
const passing: readonly string[] = ["offline", "network", "timeout", "rate-limited", "server-error", "token-invalid", "signed-out"];

/** Asks the server what pages say of themselves, and remembers it. */
export class Links implements LinksApi {
  private readonly asked = new Map<string, Promise<LinkPreview | null>>();
  private readonly known = new Map<string, LinkPreview | null>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private readonly origin: string;

  constructor(
    private readonly ctx: Context,
    baseUrl: string,
  ) {
    this.origin = new URL(baseUrl).origin;
  }

  find(url: string): LinkPreview | null | undefined {
    return this.known.get(url);
  }

  preview(url: string): Promise<LinkPreview | null> {
    const before = this.asked.get(url);
    if (before) return before;
    const answer = this.ask(url);
    this.asked.set(url, answer);
    answer.then(
      (preview) => this.asked.get(url) === answer && this.known.set(url, preview),
      (thrown: unknown) => passing.includes(asError(thrown).reason) && this.asked.get(url) === answer && this.asked.delete(url),
    );
    this.trim();
    return answer;
  }

  clear(): void {
    this.asked.clear();
    this.known.clear();
  }

  private async ask(url: string): Promise<LinkPreview | null> {
    if (!isWebAddress(url)) throw new CeruleanError(0, "bad-parameter", "not the address of a web page");
    await this.turn();
    try {
      return this.read(await this.ctx.rest.call<LinkPreview>("GET", "/link-preview", { url }));
    } catch (thrown) {
      const { reason, code } = asError(thrown);
      if (reason !== "not-found") throw thrown;
      // A site that did not answer may do so later, unlike one that has nothing to show.
      if (code === SITE_SILENT) this.asked.delete(url);
      return null;
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** A page full of links must not keep the server from answering anything else. */
  private async turn(): Promise<void> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running += 1;
  }

  private read(raw: LinkPreview): LinkPreview | null {
    const { url, site, title, description, image } = raw;
    const preview = { url, site: site ?? "", title: title ?? "", description: description ?? "", image: this.readImage(image) };
    const isEmpty = preview.title === "" && preview.description === "" && preview.image === null;
    return isEmpty || !isWebAddress(url) ? null : preview;
  }

  /** An address elsewhere would tell its owner who looks at the message. */
  private readImage(image: LinkImage | null | undefined): LinkImage | null {
    const isOwn = image?.url && URL.canParse(image.url, this.origin) && new URL(image.url, this.origin).origin === this.origin;
    return isOwn ? { url: new URL(image.url, this.origin).href, width: image.width ?? null, height: image.height ?? null } : null;
  }

  private trim(): void {
    for (const url of this.asked.keys()) {
      if (this.asked.size <= KEPT) return;
      this.asked.delete(url);
      this.known.delete(url);
    }
  }
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
