import { useCallback, type KeyboardEvent, type PointerEvent } from "react";
import { Pause, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useAppContext } from "../../client/ClientContext";
import { useContentActions } from "../content/contentActions";
import { isUploading, UploadCancel } from "../content/UploadCancel";
import { formatDuration } from "../time";
import { usePlayer } from "./usePlayer";
import { barsOf } from "./waveform";
import "./Voice.css";

const keyStep = 2;

export function VoiceContent({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { client, ui } = useAppContext();
  const { notePlayed } = useContentActions();
  const { attachment, isMine, isPlayed } = message;
  const onError = useCallback(() => ui.toast(t("voice.cannotPlay"), "error"), [t, ui]);
  const player = usePlayer({
    source: message.localFile ?? (attachment ? client.files.urlFor(attachment.url) : ""),
    duration: attachment?.duration ?? 0,
    onStart: () => notePlayed(message),
    onError,
  });
  const { duration, time, isPlaying } = player;
  const bars = barsOf(attachment?.waveform);
  const done = duration > 0 ? time / duration : 0;

  const seekTo = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * duration);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const targets: Record<string, number> = { ArrowLeft: time - keyStep, ArrowRight: time + keyStep, Home: 0, End: duration };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    player.seek(target);
  };
  return (
    <div className="bubble-voice" data-testid="message-voice" data-playing={isPlaying}>
      {isUploading(message) ? (
        <span className="voice-button">
          <UploadCancel message={message} />
        </span>
      ) : (
        <button
          type="button"
          className="voice-button"
          aria-label={t(isPlaying ? "voice.pause" : "voice.play", { length: formatDuration(duration) })}
          aria-busy={player.isLoading}
          data-testid="voice-play"
          onClick={player.toggle}
        >
          {isPlaying ? <Pause size={20} aria-hidden fill="currentColor" /> : <Play size={20} aria-hidden fill="currentColor" />}
        </button>
      )}
      <span className="voice-main">
        <span
          className="voice-bars"
          role="slider"
          tabIndex={0}
          aria-label={t("voice.seek")}
          aria-valuemin={0}
          aria-valuemax={Math.round(duration)}
          aria-valuenow={Math.round(time)}
          aria-valuetext={`${formatDuration(time)} / ${formatDuration(duration)}`}
          data-testid="voice-seek"
          onPointerDown={seekTo}
          onKeyDown={onKeyDown}
        >
          {bars.map((bar, index) => (
            <i key={index} className={(index + 0.5) / bars.length <= done ? "is-done" : ""} style={{ height: `${12 + (bar / 31) * 88}%` }} />
          ))}
        </span>
        <span className="voice-line">
          <time data-testid="voice-time">{formatDuration(isPlaying || time > 0 ? time : duration)}</time>
          {!isMine && !isPlayed ? <span className="voice-unplayed" role="img" aria-label={t("voice.unplayed")} data-testid="voice-unplayed" /> : null}
          {isMine && isPlayed ? <span className="voice-played">{t("voice.played")}</span> : null}
          <button type="button" className="voice-speed" aria-label={t("voice.speed", { speed: player.speed })} data-testid="voice-speed" onClick={player.nextSpeed}>
            {player.speed}×
          </button>
        </span>
      </span>
    </div>
  );
}
