import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ALICE, settle, World } from "./support/clients.js";
import { Answer } from "./support/fake-rest.js";

const path = "/client/v1/link-preview";
const page = { url: "https://shop.test/tea", site: "Shop", title: "Tea", description: "Green", image: null };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function start(handler: (url: string) => unknown) {
  const world = new World();
  world.rest.on(`GET ${path}`, ({ query }) => handler(query.get("url") ?? ""));
  return { world, alice: await world.signedIn(ALICE) };
}

function problem(status: number): Answer {
  return new Answer(status, { code: status, title: "no" });
}

describe("previews of links", () => {
  it("are asked for once per link, by all who want it at the same time", async () => {
    const { world, alice } = await start(() => page);
    expect(alice.links.find(page.url)).toBeUndefined();
    const [one, other] = await Promise.all([alice.links.preview(page.url), alice.links.preview(page.url)]);
    expect(one).toEqual(page);
    expect(other).toBe(one);
    expect(alice.links.find(page.url)).toBe(one);
    await alice.links.preview(page.url);
    expect(world.rest.count(path)).toBe(1);
    expect(world.rest.calls.at(-1)?.query.get("url")).toBe(page.url);
  });

  it("are null where there is nothing to show, and that is remembered", async () => {
    const { world, alice } = await start((url) => {
      if (url.endsWith("none")) throw problem(404);
      return { ...page, title: "", description: "" };
    });
    await expect(alice.links.preview("https://a.test/none")).resolves.toBeNull();
    await expect(alice.links.preview("https://a.test/blank")).resolves.toBeNull();
    expect(alice.links.find("https://a.test/none")).toBeNull();
    await alice.links.preview("https://a.test/none");
    expect(world.rest.count(path)).toBe(2);
  });

  it("carry pictures of the own server only", async () => {
    const own = { url: "/client/v1/link-preview/image/x", width: 600, height: null };
    const { alice } = await start((url) => ({ ...page, image: url.endsWith("own") ? own : { ...own, url: "https://shop.test/tea.png" } }));
    expect((await alice.links.preview("https://a.test/own"))?.image).toEqual({ ...own, url: "http://server.test/client/v1/link-preview/image/x" });
    expect((await alice.links.preview("https://a.test/foreign"))?.image).toBeNull();
  });

  it("of a site that did not answer may be asked for again", async () => {
    let isSilent = true;
    const { alice } = await start(() => {
      if (isSilent) throw new Answer(404, { code: 50002, title: "no answer" });
      return page;
    });
    await expect(alice.links.preview(page.url)).resolves.toBeNull();
    isSilent = false;
    await expect(alice.links.preview(page.url)).resolves.toEqual(page);
  });

  it("that were refused stay so; those that came too fast may be asked for again", async () => {
    let isBusy = true;
    const { world, alice } = await start((url) => {
      if (url.includes("10.0.0.1")) throw problem(403);
      if (isBusy) throw problem(429);
      return page;
    });
    await expect(alice.links.preview("http://10.0.0.1/")).rejects.toMatchObject({ reason: "permission-denied" });
    await expect(alice.links.preview("http://10.0.0.1/")).rejects.toMatchObject({ reason: "permission-denied" });
    expect(world.rest.count(path)).toBe(1);
    await expect(alice.links.preview(page.url)).rejects.toMatchObject({ reason: "rate-limited" });
    isBusy = false;
    await expect(alice.links.preview(page.url)).resolves.toEqual(page);
  });

  it("of anything that is no web address are not even asked for", async () => {
    const { world, alice } = await start(() => page);
    for (const url of ["", "javascript:alert(1)", "file:///etc/passwd", "tea"]) {
      await expect(alice.links.preview(url)).rejects.toMatchObject({ reason: "bad-parameter" });
    }
    expect(world.rest.count(path)).toBe(0);
  });

  it("are fetched four at a time, and forgotten at sign-out", async () => {
    const { world, alice } = await start((url) => ({ ...page, url }));
    const asked = Array.from({ length: 10 }, (_, index) => alice.links.preview(`https://a.test/${index}`));
    expect(world.rest.count(path)).toBeLessThanOrEqual(4);
    const all = await Promise.all(asked);
    expect(all.map((one) => one?.url)).toEqual(Array.from({ length: 10 }, (_, index) => `https://a.test/${index}`));
    await alice.signOut();
    await settle();
    expect(alice.links.find("https://a.test/1")).toBeUndefined();
  });
});
