import { useCallback, useEffect, useRef, useState } from "react";
import { loudness, toWaveform } from "./waveform";

export interface Recording {
  file: File;
  duration: number;
  waveform: number[];
}

export const longestMs = 10 * 60_000;
const tickMs = 60;
const shownLevels = 60;
const types = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

interface Running {
  recorder: MediaRecorder;
  stream: MediaStream;
  sound: AudioContext;
  chunks: Blob[];
  levels: number[];
  startedAt: number;
  timer: ReturnType<typeof setInterval>;
}

/** Why a recording could not begin, as the key of a text that says what to do. */
function problemOf(thrown: unknown): string {
  const name = thrown instanceof DOMException ? thrown.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "voice.denied";
  return name === "NotFoundError" ? "voice.noMicrophone" : "voice.unavailable";
}

/** Records from the microphone from the first moment on; `levels` is what to draw while it runs. */
export function useRecorder() {
  const [levels, setLevels] = useState<number[]>([]);
  const [elapsed, setElapsed] = useState(0);
  const [isRecording, setRecording] = useState(false);
  const [problem, setProblem] = useState("");
  const running = useRef<Running | null>(null);

  const release = useCallback(() => {
    const now = running.current;
    running.current = null;
    if (!now) return;
    clearInterval(now.timer);
    if (now.recorder.state !== "inactive") now.recorder.stop();
    now.stream.getTracks().forEach((track) => track.stop());
    void now.sound.close();
  }, []);

  useEffect(() => {
    let isGone = false;
    void (async () => {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
        if (isGone) return stream.getTracks().forEach((track) => track.stop());
        running.current = begin(stream, (level, ms) => {
          setLevels((old) => [...old.slice(1 - shownLevels), level]);
          setElapsed(ms);
        });
        setRecording(true);
      } catch (thrown) {
        // Browsers hide the microphone from pages that are not served over TLS; `mediaDevices` is missing there.
        if (!isGone) setProblem(navigator.mediaDevices ? problemOf(thrown) : "voice.insecure");
      }
    })();
    return () => {
      isGone = true;
      release();
    };
  }, [release]);

  const finish = useCallback(async (): Promise<Recording | null> => {
    const now = running.current;
    if (!now) return null;
    const duration = (performance.now() - now.startedAt) / 1000;
    const stopped = new Promise((resolve) => now.recorder.addEventListener("stop", resolve, { once: true }));
    now.recorder.stop();
    await stopped;
    const type = now.recorder.mimeType.split(";")[0] || "audio/webm";
    const file = new File(now.chunks, `voice.${type.split("/")[1] ?? "webm"}`, { type });
    const waveform = toWaveform(now.levels);
    release();
    return { file, duration: Math.round(duration * 10) / 10, waveform };
  }, [release]);

  return { levels, elapsed, isRecording, problem, finish };
}

function begin(stream: MediaStream, onTick: (level: number, ms: number) => void): Running {
  const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: 32_000 });
  const sound = new AudioContext();
  const analyser = sound.createAnalyser();
  sound.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const chunks: Blob[] = [];
  const levels: number[] = [];
  const startedAt = performance.now();
  recorder.addEventListener("dataavailable", (event) => event.data.size > 0 && chunks.push(event.data));
  recorder.start(250);
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    const level = loudness(samples);
    levels.push(level);
    onTick(level, performance.now() - startedAt);
  }, tickMs);
  return { recorder, stream, sound, chunks, levels, startedAt, timer };
}
