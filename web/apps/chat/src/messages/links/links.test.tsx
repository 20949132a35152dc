import { makeMessage, makeWorld } from "@cerulean/mock-api";
import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { LinkPreview, Message } from "@cerulean/sdk";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PrivacyPage } from "../../account/PrivacyPage";
import { renderSignedIn } from "../../test/render";
import { MessageContent } from "../MessageContent";
import { linkOf } from "./firstLink";

const url = "https://shop.test/tea";
const page: LinkPreview = { url, site: "Shop", title: "Green tea", description: "From the hills", image: null };

/** What a page of the browser would tell an observer. */
let observers: ((isIntersecting: boolean) => void)[] = [];

beforeEach(() => {
  observers = [];
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(tell: (entries: Partial<IntersectionObserverEntry>[]) => void) {
        observers.push((isIntersecting) => tell([{ isIntersecting }]));
      }
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(() => void vi.unstubAllGlobals());

function show(patch: Partial<Message> = {}, preview: LinkPreview = page) {
  const message = makeMessage({ mid: 5, xid: 1003, from: 1003, text: `look: ${url}`, ...patch });
  const view = renderSignedIn(<MessageContent message={message} />, { world: { ...makeWorld(), links: new Map([[url, preview]]) } });
  const asked = vi.spyOn(view.client.links, "preview");
  return { ...view, asked };
}

const comeIntoView = () => act(() => observers.forEach((tell) => tell(true)));

describe("the link of a message", () => {
  const of = (text: string, patch: Partial<Message> = {}) => linkOf(makeMessage({ mid: 5, xid: 1, from: 1, text, ...patch }));

  it("is the first web address, without what ends the sentence", () => {
    expect(of("see https://a.test/x?y=1, or https://b.test")).toBe("https://a.test/x?y=1");
    expect(of("（https://a.test/路径）。")).toBe("https://a.test/路径");
    expect(of("[tea](https://a.test/b)")).toBe("https://a.test/b");
    expect(of("no link at all, not even ftp://a.test or www.a.test")).toBe("");
    expect(of("https://[broken")).toBe("");
  });

  it("counts only once the text is complete and on the server", () => {
    expect(of(url, { isStreaming: true })).toBe("");
    expect(of(url, { isStreaming: false })).toBe(url);
    expect(of(url, { mid: 0 })).toBe("");
    expect(of(url, { kind: "image" })).toBe("");
  });
});

describe("the preview of a link", () => {
  it("is asked for only when it comes into view, and is one link that tells nobody where it was clicked", async () => {
    const { asked } = show();
    expect(asked).not.toHaveBeenCalled();
    comeIntoView();
    const card = await screen.findByTestId("link-card");
    expect(asked).toHaveBeenCalledOnce();
    expect(card).toHaveTextContent("Shop · shop.testGreen teaFrom the hills");
    expect(card).toHaveAttribute("href", url);
    expect(card).toHaveAttribute("rel", "noopener noreferrer nofollow");
    expect(card).toHaveAttribute("dir", "auto");
  });

  it("that was only scrolled past is not asked for", async () => {
    vi.useFakeTimers();
    const { asked } = show();
    comeIntoView();
    act(() => observers.forEach((tell) => tell(false)));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).not.toHaveBeenCalled();
    vi.useRealTimers();
  });

  it("leads where the message says, also when the page names another place", async () => {
    show({}, { ...page, url: "https://evil.test/", site: "shop.test" });
    comeIntoView();
    const card = await screen.findByTestId("link-card");
    expect(card).toHaveAttribute("href", url);
    expect(card).toHaveTextContent("shop.testGreen tea");
  });

  it("keeps room for its picture, and does without where it cannot be loaded", async () => {
    const { container } = show({}, { ...page, image: { url: "/file/tea.png", width: 800, height: 600 } });
    comeIntoView();
    expect(await screen.findByTestId("link-card")).toHaveClass("is-broad");
    const picture = container.querySelector("img")!;
    expect(picture).toHaveAttribute("referrerpolicy", "no-referrer");
    act(() => void picture.dispatchEvent(new Event("error")));
    expect(container.querySelector("img")).toBeNull();
  });

  it("is there at once when its row is drawn again", async () => {
    const message = makeMessage({ mid: 5, xid: 1003, from: 1003, text: url });
    function List() {
      const [isShown, setShown] = useState(true);
      return <button onClick={() => setShown(!isShown)}>{isShown ? <MessageContent message={message} /> : null}</button>;
    }
    renderSignedIn(<List />, { world: { ...makeWorld(), links: new Map([[url, page]]) } });
    comeIntoView();
    await screen.findByTestId("link-card");
    await userEvent.click(screen.getByRole("button"));
    expect(screen.queryByTestId("link-card")).toBeNull();
    await userEvent.click(screen.getByRole("button"));
    expect(screen.getByTestId("link-card")).toBeInTheDocument();
  });

  it("can be switched off, and then nothing is asked for", async () => {
    renderSignedIn(<PrivacyPage />);
    const choice = await screen.findByTestId("privacy-link-previews");
    expect(choice).toHaveAttribute("aria-checked", "true");
    await userEvent.click(choice);
    expect(choice).toHaveAttribute("aria-checked", "false");
    const { asked, container } = show();
    comeIntoView();
    expect(container.querySelector(".link-place")).toBeNull();
    expect(asked).not.toHaveBeenCalled();
  });
});
