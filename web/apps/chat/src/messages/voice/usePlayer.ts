import { useCallback, useEffect, useRef, useState } from "react";

export const speeds = [1, 1.5, 2, 0.75] as const;

/** Only one voice message is heard at a time. */
let playing: HTMLAudioElement | null = null;

/** Recordings made by browsers carry no length; asking for a place far behind the end makes the browser find it. */
async function findLength(audio: HTMLAudioElement): Promise<void> {
  if (Number.isFinite(audio.duration)) return;
  await new Promise<void>((resolve) => {
    const found = () => {
      if (!Number.isFinite(audio.duration)) return;
      audio.removeEventListener("durationchange", found);
      resolve();
    };
    audio.addEventListener("durationchange", found);
    audio.currentTime = Number.MAX_SAFE_INTEGER;
  });
  audio.currentTime = 0;
}

/** Fetched as a whole, so that every place in it can be played at once. */
async function load(source: Blob | string, signal: AbortSignal): Promise<HTMLAudioElement> {
  const blob = typeof source === "string" ? await (await fetchOk(source, signal)).blob() : source;
  const audio = new Audio(URL.createObjectURL(blob));
  await new Promise<void>((resolve, reject) => {
    audio.addEventListener("loadedmetadata", () => resolve(), { once: true });
    audio.addEventListener("error", () => reject(new Error("this browser cannot play the recording")), { once: true });
  });
  await findLength(audio);
  return audio;
}

async function fetchOk(url: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`the recording could not be fetched (${answer.status})`);
  return answer;
}

export interface PlayerInput {
  source: Blob | string;
  /** As the message says; the recording itself knows better once it is loaded. */
  duration: number;
  onStart(): void;
  onError(error: unknown): void;
}

export function usePlayer({ source, duration: said, onStart, onError }: PlayerInput) {
  const [isPlaying, setPlaying] = useState(false);
  const [isLoading, setLoading] = useState(false);
  const [time, setTime] = useState(0);
  const [duration, setDuration] = useState(said);
  const [speed, setSpeed] = useState<number>(1);
  const audio = useRef<Promise<HTMLAudioElement> | null>(null);
  const stop = useRef(new AbortController());

  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => {
      controller.abort();
      void audio.current?.then((element) => {
        element.pause();
        URL.revokeObjectURL(element.src);
      }, () => undefined);
      audio.current = null;
    };
  }, [source]);

  const open = useCallback(async (): Promise<HTMLAudioElement> => {
    const task = audio.current ?? load(source, stop.current.signal);
    const isNew = audio.current === null;
    audio.current = task;
    try {
      const element = await task;
      if (!isNew) return element;
      setDuration(element.duration);
      element.addEventListener("timeupdate", () => setTime(element.currentTime));
      element.addEventListener("play", () => setPlaying(true));
      element.addEventListener("pause", () => setPlaying(false));
      element.addEventListener("ended", () => {
        element.currentTime = 0;
        setTime(0);
      });
      return element;
    } catch (thrown) {
      audio.current = null;
      throw thrown;
    }
  }, [source]);

  const run = useCallback(
    (act: (element: HTMLAudioElement) => void | Promise<void>) => {
      setLoading(true);
      void open()
        .then(act)
        .catch((thrown: unknown) => !stop.current.signal.aborted && onError(thrown))
        .finally(() => setLoading(false));
    },
    [onError, open],
  );

  const toggle = () =>
    run(async (element) => {
      if (!element.paused) return element.pause();
      if (playing !== element) playing?.pause();
      playing = element;
      element.playbackRate = speed;
      await element.play();
      onStart();
    });
  const seek = (seconds: number) =>
    run((element) => {
      element.currentTime = Math.max(0, Math.min(element.duration, seconds));
      setTime(element.currentTime);
    });
  const nextSpeed = () => {
    const next = speeds[(speeds.indexOf(speed as (typeof speeds)[number]) + 1) % speeds.length] ?? 1;
    setSpeed(next);
    void audio.current?.then((element) => (element.playbackRate = next), () => undefined);
  };
  return { isPlaying, isLoading, time, duration, speed, toggle, seek, nextSpeed };
}
