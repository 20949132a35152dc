import { lazy, Suspense, useId, useLayoutEffect, useRef, useState } from "react";
import { Check, Mic, SendHorizontal, Smile } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ComposerMode } from "../messages/useConversationPane";
import { IconButton } from "../ui/Button";
import type { Recording } from "../messages/voice/useRecorder";
import { AttachMenu } from "./AttachMenu";
import { ComposerModeBar } from "./ComposerModeBar";
import { isTooLong } from "./isTooLong";
import { LongTextNote } from "./LongTextNote";
import { MentionList } from "./MentionList";
import type { Candidate, ChosenMentions } from "./mentions";
import { useMentions } from "./useMentions";
import "./Composer.css";

const EmojiPicker = lazy(async () => ({ default: (await import("./EmojiPicker")).EmojiPicker }));
const RecorderBar = lazy(async () => ({ default: (await import("../messages/voice/RecorderBar")).RecorderBar }));

export interface ComposerProps {
  mode: ComposerMode;
  blockedReason: string;
  nameOf(userId: number): string;
  /** Members that can be mentioned; absent where there are none. */
  loadCandidates?: (() => Promise<Candidate[]>) | undefined;
  onSend(text: string, mentions?: ChosenMentions): void;
  onTyping(isTyping: boolean): void;
  /** What was written here and not sent. */
  draft: string;
  onDraft(text: string): void;
  onFiles(files: File[]): void;
  /** Sends a text that is too long for a message as a file. */
  onLongText(text: string): void;
  onPlace(): void;
  onVoice(recording: Recording): void;
  onCancelMode(): void;
  onEditLast(): void;
}

const maxRowsHeight = 180;

export function Composer({
  mode,
  blockedReason,
  nameOf,
  loadCandidates,
  onSend,
  onTyping,
  draft,
  onDraft,
  onFiles,
  onLongText,
  onPlace,
  onVoice,
  onCancelMode,
  onEditLast,
}: ComposerProps) {
  const { t } = useTranslation();
  const isEditing = mode?.kind === "edit";
  const [text, setText] = useState(() => (isEditing ? mode.message.text : draft));
  const [isPicking, setPicking] = useState(false);
  const [isRecording, setRecording] = useState(false);
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
      onDraft(next);
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

  if (isRecording)
    return (
      <div className="composer" data-testid="composer">
        <Suspense>
          <RecorderBar onSend={onVoice} onClose={() => setRecording(false)} />
        </Suspense>
      </div>
    );

  const ready = text.trim();
  const isLong = isTooLong(ready);
  const send = () => {
    if (!ready || isLong) return;
    if (!isEditing) {
      change("");
      onTyping(false);
    }
    onSend(ready, mentions.take(ready));
    input.current?.focus();
  };

  const sendAsFile = () => {
    change("");
    onTyping(false);
    onLongText(ready);
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
        <Suspense>
          <EmojiPicker
            onPick={insert}
            onClose={() => {
              setPicking(false);
              input.current?.focus();
            }}
          />
        </Suspense>
      ) : null}
      {isLong ? <LongTextNote onSend={isEditing ? undefined : sendAsFile} /> : null}
      <div className="composer-row">
        {isEditing ? null : (
          <AttachMenu onFiles={onFiles} onPlace={onPlace} />
        )}
        <div className="composer-box">
          <textarea
            ref={input}
            rows={1}
            value={text}
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
        {isEditing || text.trim() ? null : (
          <IconButton label={t("voice.record")} data-testid="voice-button" onClick={() => setRecording(true)}>
            <Mic size={21} />
          </IconButton>
        )}
        <button
          type="button"
          className="send-button"
          aria-label={t(isEditing ? "common.save" : "composer.send")}
          disabled={!ready || isLong}
          data-testid="send-button"
          onClick={send}
        >
          {isEditing ? <Check size={22} aria-hidden /> : <SendHorizontal size={21} aria-hidden />}
        </button>
      </div>
    </div>
  );
}
