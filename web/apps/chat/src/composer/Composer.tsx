import { useId, useLayoutEffect, useRef, useState } from "react";
import { Check, ImagePlus, Paperclip, SendHorizontal, Smile } from "lucide-react";
import { useTranslation } from "react-i18next";
import { readDraft, saveDraft } from "../conversations/drafts";
import type { ComposerMode } from "../messages/useConversationPane";
import { IconButton } from "../ui/Button";
import { ComposerModeBar } from "./ComposerModeBar";
import { EmojiPicker } from "./EmojiPicker";
import { FilePicker } from "./FilePicker";
import { MentionList } from "./MentionList";
import type { Candidate, ChosenMentions } from "./mentions";
import { useMentions } from "./useMentions";
import "./Composer.css";

export interface ComposerProps {
  xid: number;
  mode: ComposerMode;
  blockedReason: string;
  nameOf(userId: number): string;
  /** Members that can be mentioned; absent where there are none. */
  loadCandidates?: (() => Promise<Candidate[]>) | undefined;
  onSend(text: string, mentions?: ChosenMentions): void;
  onTyping(isTyping: boolean): void;
  onFiles(files: File[]): void;
  onCancelMode(): void;
  onEditLast(): void;
}

/** The server refuses texts above 64 KiB; a Chinese character takes three bytes. */
const maxLength = 20_000;
const maxRowsHeight = 180;

export function Composer({
  xid,
  mode,
  blockedReason,
  nameOf,
  loadCandidates,
  onSend,
  onTyping,
  onFiles,
  onCancelMode,
  onEditLast,
}: ComposerProps) {
  const { t } = useTranslation();
  const isEditing = mode?.kind === "edit";
  const [text, setText] = useState(() => (isEditing ? mode.message.text : readDraft(xid)));
  const [isPicking, setPicking] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const isWide = useRef(window.matchMedia("(min-width: 721px)").matches);

  useLayoutEffect(() => {
    const element = input.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, maxRowsHeight)}px`;
  }, [text]);

  // On a phone the keyboard would cover the messages, so the focus waits there until it is asked for.
  useLayoutEffect(() => {
    const element = input.current;
    if (!element || (!isWide.current && !mode)) return;
    element.focus({ preventScroll: true });
    element.setSelectionRange(element.value.length, element.value.length);
  }, [mode]);

  const change = (next: string) => {
    setText(next);
    if (!isEditing) {
      saveDraft(xid, next);
      onTyping(next.trim() !== "");
    }
  };
  const placeCaret = (caret: number) => requestAnimationFrame(() => input.current?.setSelectionRange(caret, caret));
  const listId = useId();
  const mentions = useMentions({
    text,
    loadCandidates: isEditing ? undefined : loadCandidates,
    onInsert: (next, caret) => {
      change(next);
      placeCaret(caret);
    },
  });
  const hasSuggestions = mentions.shown.length > 0;

  if (blockedReason)
    return (
      <p className="composer-blocked" role="status" data-testid="composer-blocked">
        {blockedReason}
      </p>
    );

  const send = () => {
    const ready = text.trim();
    if (!ready) return;
    if (!isEditing) {
      change("");
      onTyping(false);
    }
    onSend(ready, mentions.take(ready));
    input.current?.focus();
  };

  const insert = (sign: string) => {
    const element = input.current;
    const from = element?.selectionStart ?? text.length;
    const to = element?.selectionEnd ?? text.length;
    change(text.slice(0, from) + sign + text.slice(to));
    placeCaret(from + sign.length);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    // Enter also confirms a candidate of an input method; that must not send.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (mentions.handleKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && text === "" && !mode) {
      event.preventDefault();
      onEditLast();
    }
  };

  const onPaste = (event: React.ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    onFiles(files);
  };

  return (
    <div className="composer" data-testid="composer">
      {mode ? <ComposerModeBar mode={mode} nameOf={nameOf} onCancel={onCancelMode} /> : null}
      {hasSuggestions ? <MentionList id={listId} candidates={mentions.shown} active={mentions.active} onPick={mentions.pick} /> : null}
      {isPicking ? (
        <EmojiPicker
          onPick={insert}
          onClose={() => {
            setPicking(false);
            input.current?.focus();
          }}
        />
      ) : null}
      <div className="composer-row">
        {isEditing ? null : (
          <>
            <FilePicker label={t("composer.attachFile")} testId="file-input" onFiles={onFiles}>
              <Paperclip size={22} />
            </FilePicker>
            <FilePicker label={t("composer.attachImage")} testId="image-input" accept="image/*" onFiles={onFiles}>
              <ImagePlus size={22} />
            </FilePicker>
          </>
        )}
        <div className="composer-box">
          <textarea
            ref={input}
            rows={1}
            value={text}
            maxLength={maxLength}
            aria-label={t("composer.label")}
            placeholder={t("composer.placeholder")}
            dir="auto"
            enterKeyHint="send"
            data-testid="composer-input"
            aria-autocomplete={loadCandidates ? "list" : undefined}
            aria-haspopup={loadCandidates ? "listbox" : undefined}
            aria-controls={hasSuggestions ? listId : undefined}
            aria-activedescendant={hasSuggestions ? `${listId}-${mentions.active}` : undefined}
            onChange={(event) => {
              change(event.target.value);
              mentions.track(event.target.value, event.target.selectionStart);
            }}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onBlur={() => {
              mentions.close();
              if (!isEditing) onTyping(false);
            }}
          />
          <IconButton
            label={t("composer.emoji")}
            data-emoji-toggle
            aria-expanded={isPicking}
            data-testid="emoji-button"
            onClick={() => setPicking(!isPicking)}
          >
            <Smile size={22} />
          </IconButton>
        </div>
        <button
          type="button"
          className="send-button"
          aria-label={t(isEditing ? "common.save" : "composer.send")}
          disabled={!text.trim()}
          data-testid="send-button"
          onClick={send}
        >
          {isEditing ? <Check size={22} aria-hidden /> : <SendHorizontal size={21} aria-hidden />}
        </button>
      </div>
    </div>
  );
}
