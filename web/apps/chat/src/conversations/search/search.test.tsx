import { makeMessage, makeWorld } from "@cerulean/mock-api";
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CeruleanError, type SearchAllOptions, type SearchAllProgress } from "@cerulean/sdk";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../../test/render";
import { ConversationList } from "../ConversationList";
import { isSearchable } from "./useSearchAll";

const field = () => screen.getByTestId("conversation-search");
const status = () => screen.getByTestId("search-all-status");

function start() {
  const world = makeWorld();
  const say = (xid: number, texts: string[]) =>
    world.history.set(xid, texts.map((text, index) => makeMessage({ mid: xid * 100 + index, xid, from: 1003, text, timestamp: xid * 1_000 + index })));
  say(1003, ["heron one", "hay", "heron two", "heron three", "heron four", "heron five"]);
  say(1004, ["a heron far away"]);
  return renderSignedIn(<ConversationList selectedXid={null} />, { world });
}

describe("the search field of the conversation list", () => {
  it("finds people and, below them, messages by conversation, the newest first", async () => {
    start();
    await userEvent.type(field(), "heron");
    await waitFor(() => expect(status()).toHaveTextContent("messages found"));
    const found = screen.getAllByTestId("found-conversation");
    expect(found.map((one) => one.dataset["xid"])).toEqual(["1004", "1003"]);
    expect(screen.getByTestId("conversation-item")).toHaveTextContent("Heron");
    expect(within(found[1]!).getAllByTestId("search-hit").map((hit) => hit.querySelector(".search-hit-text")?.textContent)).toEqual([
      "heron five", "heron four", "heron three",
    ]);
    expect(within(found[1]!).getAllByTestId("search-hit")[0]!.querySelector("mark")).toHaveTextContent("heron");
    await userEvent.click(within(found[1]!).getByTestId("found-more"));
    expect(within(found[1]!).getAllByTestId("search-hit")).toHaveLength(5);
  });

  it("opens the conversation of a hit", async () => {
    start();
    await userEvent.type(field(), "far away");
    await userEvent.click(await screen.findByTestId("search-hit"));
    expect(window.location.hash).toBe("#/chats/1004");
  });

  it("leads by arrow keys from the field through everything that was found", async () => {
    start();
    await userEvent.type(field(), "heron");
    await waitFor(() => expect(status()).toHaveTextContent("messages found"));
    await userEvent.click(field());
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getByTestId("conversation-item")).toHaveFocus();
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getAllByTestId("search-hit")[0]).toHaveFocus();
    await userEvent.keyboard("{End}");
    expect(screen.getByTestId("found-more")).toHaveFocus();
  });

  it("says that nothing was found only once all is searched", async () => {
    const { client } = start();
    let finish = (_result: SearchAllProgress) => {};
    vi.spyOn(client.messages, "searchAll").mockImplementation((_query, options: SearchAllOptions = {}) => {
      options.onProgress?.({ found: [], searched: 1, total: 8, failed: 0, isDone: false });
      return new Promise((resolve) => {
        finish = (result) => {
          options.onProgress?.(result);
          resolve(result);
        };
      });
    });
    await userEvent.type(field(), "zzz");
    await waitFor(() => expect(status()).toHaveTextContent("Searching: 1 of 8 conversations"));
    expect(screen.queryByText("Nothing found")).toBeNull();
    act(() => finish({ found: [], searched: 8, total: 8, failed: 0, isDone: true }));
    expect(await screen.findByText("Nothing found")).toBeVisible();
  });

  it("can be stopped, and searched again", async () => {
    const { client } = start();
    const signals: AbortSignal[] = [];
    vi.spyOn(client.messages, "searchAll").mockImplementation((_query, options: SearchAllOptions = {}) => {
      if (options.signal) signals.push(options.signal);
      options.onProgress?.({ found: [], searched: 2, total: 8, failed: 0, isDone: false });
      return new Promise(() => {});
    });
    await userEvent.type(field(), "zzz");
    await waitFor(() => expect(signals).toHaveLength(1));
    await userEvent.click(screen.getByTestId("search-all-stop"));
    expect(signals[0]?.aborted).toBe(true);
    expect(status()).toHaveTextContent("Stopped after 2 of 8 conversations");
    await userEvent.click(screen.getByTestId("search-all-again"));
    await waitFor(() => expect(signals).toHaveLength(2));
  });

  it("tells what could not be searched, and what failed altogether", async () => {
    const { client } = start();
    const search = vi.spyOn(client.messages, "searchAll");
    search.mockImplementation(async (_query, options: SearchAllOptions = {}) => {
      const result = { found: [], searched: 8, total: 8, failed: 2, isDone: true };
      options.onProgress?.(result);
      return result;
    });
    await userEvent.type(field(), "zzz");
    await waitFor(() => expect(status()).toHaveTextContent("2 conversations could not be searched on the server"));
    search.mockRejectedValue(new CeruleanError(0, "timeout", "too late"));
    await userEvent.click(screen.getByTestId("search-all-again"));
    await waitFor(() => expect(status()).toHaveTextContent("The server took too long to answer"));
  });

  it("asks nothing for a single Latin letter", () => {
    expect([isSearchable("a"), isSearchable(" "), isSearchable(""), isSearchable("ab"), isSearchable("茶")]).toEqual([false, false, false, true, true]);
  });
});
