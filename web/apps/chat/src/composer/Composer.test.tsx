import { makeMessage } from "@cerulean/mock-api";
import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { readDraft, saveDraft } from "../conversations/drafts";
import { Composer, type ComposerProps } from "./Composer";

function show(patch: Partial<ComposerProps> = {}) {
  saveDraft(7, "");
  const props: ComposerProps = {
    xid: 7,
    mode: null,
    blockedReason: "",
    nameOf: () => "Heron",
    onSend: vi.fn(),
    onTyping: vi.fn(),
    onFiles: vi.fn(),
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

  it("tells that somebody types and keeps the draft", async () => {
    const { props, input, user } = show();
    await user.type(input, "hi");
    expect(props.onTyping).toHaveBeenLastCalledWith(true);
    expect(readDraft(7)).toBe("hi");
  });

  it("puts an emoji where the cursor is", async () => {
    const { input, user } = show();
    await user.type(input, "ab");
    input.setSelectionRange(1, 1);
    await user.click(screen.getByTestId("emoji-button"));
    await user.click(screen.getAllByRole("button", { name: "😀" })[0]!);
    expect(input).toHaveValue("a😀b");
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
    expect(readDraft(7)).toBe("");
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
