import { makeMessage } from "@cerulean/mock-api";
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Message } from "@cerulean/sdk";
import { describe, expect, it, vi } from "vitest";
import { renderSignedIn } from "../../test/render";
import { MessageContent } from "../MessageContent";
import { ContentActionsContext, type ContentActions } from "./contentActions";

function show(patch: Partial<Message>) {
  const actions: ContentActions = { openImage: vi.fn(), openRecord: vi.fn(), cancel: vi.fn(), notePlayed: vi.fn() };
  const message = makeMessage({ mid: 5, xid: 1003, from: 1003, ...patch });
  const view = renderSignedIn(
    <ContentActionsContext.Provider value={actions}>
      <MessageContent message={message} />
    </ContentActionsContext.Provider>,
  );
  return { ...view, actions, message };
}

const attachment = { url: "/file/1", name: "plan.pdf", size: 2048 };

describe("the inside of a message", () => {
  it("a file on its way shows how far it is and can be stopped", async () => {
    const { actions, message } = show({ mid: 0, kind: "file", status: "sending", progress: 0.4, attachment: { ...attachment, url: "" } });
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "40");
    expect(screen.getByTestId("message-file")).toHaveTextContent("2.0 KB · Uploading… 40%");
    await userEvent.click(screen.getByRole("button", { name: "Stop sending plan.pdf" }));
    expect(actions.cancel).toHaveBeenCalledWith(message);
  });

  it("a place has its coordinates and a link, and loads nothing", () => {
    const { container } = show({ kind: "location", attachment: { ...attachment, url: "", latitude: 1.5, longitude: -2, address: "Pier" } });
    expect(screen.getByTestId("message-location")).toHaveTextContent("Pier1.50000° N, 2.00000° W");
    expect(screen.getByRole("link", { name: "Open map" })).toHaveAttribute("rel", "noopener noreferrer nofollow");
    expect(container.querySelector("img, iframe")).toBeNull();
  });

  it("a voice message has a bar per loudness, a length, and a dot until it is played", async () => {
    show({ kind: "audio", attachment: { ...attachment, duration: 65, waveform: [0, 31] } });
    expect(await screen.findByTestId("voice-time")).toHaveTextContent("1:05");
    expect([...screen.getByTestId("voice-seek").children].map((bar) => (bar as HTMLElement).style.height)).toEqual(["12%", "100%"]);
    expect(screen.getByTestId("voice-unplayed")).toBeInTheDocument();
    expect(screen.getByRole("slider", { name: "Place in the recording" })).toHaveAttribute("aria-valuetext", "0:00 / 1:05");
  });

  it("a voice message that was played has no dot, and an own one says so", async () => {
    show({ kind: "audio", from: 1001, isMine: true, isPlayed: true, attachment: { ...attachment, duration: 5 } });
    expect(await screen.findByText("played")).toBeInTheDocument();
    expect(screen.queryByTestId("voice-unplayed")).toBeNull();
  });

  it("a video with a still is not fetched before it is played", () => {
    const { container } = show({ kind: "video", attachment: { ...attachment, thumbnailUrl: "/file/2", duration: 61, width: 640, height: 360 } });
    const video = container.querySelector("video")!;
    expect(video).toHaveAttribute("poster", "/file/2");
    expect(video).toHaveAttribute("preload", "none");
    expect(screen.getByTestId("message-video")).toHaveTextContent("1:01");
  });

  it("a picture on another server is loaded on a click only", async () => {
    const url = "https://tracker.example/pixel.png";
    const { container } = show({ kind: "image", attachment: { ...attachment, url } });
    expect(container.querySelector("img")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: /from tracker\.example/u }));
    expect(container.querySelector("img")).toHaveAttribute("src", url);
  });

  it("a video on another server has no still, and names the server", () => {
    const { container } = show({ kind: "video", attachment: { ...attachment, url: "https://tracker.example/v.mp4", thumbnailUrl: "https://tracker.example/v.jpg" } });
    expect(container.querySelector("video")).not.toHaveAttribute("poster");
    expect(container.querySelector("video")).toHaveAttribute("preload", "none");
    expect(screen.getByTestId("message-video")).toHaveTextContent("from tracker.example");
  });

  it("a file without a usable address is no link", () => {
    show({ kind: "file", attachment: { ...attachment, url: "javascript:alert(1)" } });
    expect(screen.getByTestId("message-file")).toHaveTextContent("plan.pdf");
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("a long text is folded until the rest is asked for", async () => {
    const { container } = show({ text: "line\n".repeat(60) });
    expect(container.querySelector(".is-folded")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(container.querySelector(".is-folded")).toBeNull();
    expect(screen.getByRole("button", { name: "Show less" })).toHaveAttribute("aria-expanded", "true");
  });

  it("a record shows its first lines and opens", async () => {
    const item = { from: 1, name: "Ann", timestamp: 0, kind: "text" as const, text: "hello" };
    const { actions, message } = show({ text: "plain", merged: { title: "Chat of two", items: Array.from({ length: 6 }, () => item) } });
    expect(screen.getAllByText("Ann: hello")).toHaveLength(4);
    await userEvent.click(screen.getByTestId("message-record"));
    expect(actions.openRecord).toHaveBeenCalledWith(message);
  });

  it("a record is titled in the reader's language, an older one as its sender did", () => {
    show({ text: "plain", merged: { title: "聊天记录：Lake", of: "Lake", items: [] } });
    expect(screen.getByText("Chat record: Lake")).toBeInTheDocument();
    show({ text: "plain", merged: { title: "聊天记录：Hut", items: [] } });
    expect(screen.getByText("聊天记录：Hut")).toBeInTheDocument();
  });

  it("Markdown is drawn only where a message says so", async () => {
    show({ text: "**plain**" });
    expect(screen.getByText("**plain**")).toBeInTheDocument();
    show({ text: "**bold**", format: "markdown" });
    expect(await screen.findByText("bold")).toBeInTheDocument();
  });
});
