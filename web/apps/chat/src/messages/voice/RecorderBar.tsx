import { useEffect, useRef } from "react";
import { SendHorizontal, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../ui/Button";
import { formatDuration } from "../time";
import { longestMs, useRecorder, type Recording } from "./useRecorder";
import "./Voice.css";

interface RecorderBarProps {
  onSend(recording: Recording): void;
  onClose(): void;
}

const shortestSeconds = 0.5;

/** Takes the place of the text field while a voice message is recorded. */
export function RecorderBar({ onSend, onClose }: RecorderBarProps) {
  const { t } = useTranslation();
  const { levels, elapsed, isRecording, problem, finish } = useRecorder();
  const isDone = useRef(false);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => bar.current?.focus(), []);

  const send = async () => {
    if (isDone.current) return;
    isDone.current = true;
    const recording = await finish();
    onClose();
    // Shorter is a slip of the finger.
    if (recording && recording.duration >= shortestSeconds) onSend(recording);
  };
  const sendNow = useRef(send);
  sendNow.current = send;
  const isFull = elapsed >= longestMs;
  useEffect(() => {
    if (isFull) void sendNow.current();
  }, [isFull]);

  if (problem)
    return (
      <div className="recorder" role="alert" data-testid="recorder-problem">
        <p>{t(problem)}</p>
        <Button onClick={onClose}>{t("common.close")}</Button>
      </div>
    );
  return (
    <div
      ref={bar}
      className="recorder"
      role="group"
      tabIndex={-1}
      aria-label={t("voice.recording")}
      data-testid="recorder"
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          onClose();
        } else if (event.key === "Enter" && event.target === event.currentTarget) void send();
      }}
    >
      <IconButton label={t("voice.discard")} data-testid="recorder-discard" onClick={onClose}>
        <Trash2 size={21} />
      </IconButton>
      <span className="recorder-dot" aria-hidden />
      <time className="recorder-time" role="timer" aria-label={t("voice.length")} data-testid="recorder-time">
        {formatDuration(elapsed / 1000)}
      </time>
      <span className="recorder-levels" aria-hidden>
        {levels.map((level, index) => (
          <i key={index} style={{ height: `${Math.max(8, level * 100)}%` }} />
        ))}
      </span>
      <button
        type="button"
        className="send-button"
        aria-label={t("voice.send")}
        title={t("voice.send")}
        disabled={!isRecording}
        data-testid="recorder-send"
        onClick={() => void send()}
      >
        <SendHorizontal size={21} aria-hidden />
      </button>
    </div>
  );
}
