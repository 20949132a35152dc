import { makeMessage } from "@cerulean/mock-api";
import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Composer, type ComposerProps } from "./Composer";

function show(patch: Partial<ComposerProps> = {}) {
  const props: ComposerProps = {
    mode: null,
    blockedReason: "",
    nameOf: () => "Heron",
    onSend: vi.fn(),
    onTyping: vi.fn(),
    draft: "",
    onDraft: vi.fn(),
    onFiles: vi.fn(),
    onLongText: vi.fn(),
    onPlace: vi.fn(),
    onVoice: vi.fn(),
    onCancelMode: vi.fn(),
    onEditLast: vi.fn(),
    ...patch,
  };
  render(<Composer {...props} />);
  return { props, input: patch.blockedReason ? null! : screen.getByTestId<HTMLTextAreaElement>("composer-input"), user: userEvent.setup() };
}

describe("Composer", () => {
  it("sends with Enter and starts a line with Shift and Enter", async () => {
    const { props, input, user } = show();
    await user.type(input, "one{Shift>}{Enter}{/Shift}two");
    expect(input).toHaveValue("one\ntwo");
    await user.type(input, "{Enter}");
    expect(props.onSend).toHaveBeenCalledWith("one\ntwo", undefined);
    expect(input).toHaveValue("");
  });

  it("leaves Enter to an input method that is composing", () => {
    const { props, input } = show();
    fireEvent.change(input, { target: { value: "ni" } });
    fireEvent.keyDown(input, { key: "Enter", isComposing: true, keyCode: 229 });
    expect(props.onSend).not.toHaveBeenCalled();
  });

  it("sends nothing but spaces never", async () => {
    const { props, input, user } = show();
    await user.type(input, "   {Enter}");
    expect(props.onSend).not.toHaveBeenCalled();
    expect(screen.getByTestId("send-button")).toBeDisabled();
  });

  it("takes a long text whole, and offers to send it as a file when no message holds it", async () => {
    const { props, input, user } = show();
    fireEvent.change(input, { target: { value: "x".repeat(30_000) } });
    fireEvent.keyDown(input, { key: "Enter" });
    expect(props.onSend).toHaveBeenLastCalledWith("x".repeat(30_000), undefined);
    const long = "\u8bcd".repeat(22_000);
    fireEvent.change(input, { target: { value: long } });
    fireEvent.keyDown(input, { key: "Enter" });
    expect(props.onSend).toHaveBeenCalledTimes(1);
    expect(input).toHaveValue(long);
    expect(screen.getByRole("alert")).toHaveTextContent("too long");
    await user.click(screen.getByTestId("send-as-file"));
    expect(props.onLongText).toHaveBeenCalledWith(long);
    expect(input).toHaveValue("");
  });

  it("tells that somebody types and keeps the draft", async () => {
    const { props, input, user } = show();
    await user.type(input, "hi");
    expect(props.onTyping).toHaveBeenLastCalledWith(true);
    expect(props.onDraft).toHaveBeenLastCalledWith("hi");
  });

  it("puts an emoji where the cursor is", async () => {
    const { input, user } = show();
    await user.type(input, "ab");
    input.setSelectionRange(1, 1);
    await user.click(screen.getByTestId("emoji-button"));
    await user.click((await screen.findAllByRole("button", { name: "😀" }))[0]!);
    expect(input).toHaveValue("a😀b");
  });

  it("begins with the draft, and offers to record only while there is no text", async () => {
    const { input, user } = show({ draft: "half a" });
    expect(input).toHaveValue("half a");
    expect(screen.queryByTestId("voice-button")).toBeNull();
    await user.clear(input);
    expect(screen.getByTestId("voice-button")).toBeInTheDocument();
  });

  it("says what to do when there is no microphone to be had", async () => {
    const { user } = show();
    await user.click(screen.getByTestId("voice-button"));
    expect(await screen.findByTestId("recorder-problem")).toHaveTextContent(/microphone/);
  });

  it("hands over picked and pasted files", async () => {
    const { props, input, user } = show();
    const file = new File(["x"], "note.txt", { type: "text/plain" });
    await user.upload(screen.getByTestId("file-input"), file);
    expect(props.onFiles).toHaveBeenLastCalledWith([file]);
    fireEvent.paste(input, { clipboardData: { files: [file] } });
    expect(props.onFiles).toHaveBeenCalledTimes(2);
  });

  it("edits in place and does not touch the draft", async () => {
    const message = makeMessage({ mid: 5, xid: 7, from: 1001, text: "old" });
    const { props, input, user } = show({ mode: { kind: "edit", message } });
    expect(input).toHaveValue("old");
    await user.type(input, "er{Enter}");
    expect(props.onSend).toHaveBeenCalledWith("older", undefined);
    expect(props.onDraft).not.toHaveBeenCalled();
  });

  it("edits the last own message with the arrow key", async () => {
    const { props, input, user } = show();
    await user.type(input, "{ArrowUp}");
    expect(props.onEditLast).toHaveBeenCalled();
  });

  it("gives the reason when nothing may be written", () => {
    show({ blockedReason: "You blocked this user." });
    expect(screen.getByRole("status")).toHaveTextContent("You blocked this user.");
    expect(screen.queryByTestId("composer-input")).toBeNull();
  });
});
