import { useEffect, useRef, useState } from "react";
import { readCode } from "./readCode";

const lookEveryMs = 250;

/** Looks through the camera while `isOn`, until a code is found. */
export function useCamera(isOn: boolean, onFound: (text: string) => void) {
  const video = useRef<HTMLVideoElement>(null);
  const [isRefused, setRefused] = useState(false);
  const found = useRef(onFound);
  found.current = onFound;

  useEffect(() => {
    if (!isOn) return;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stream: MediaStream | undefined;

    const look = async () => {
      const picture = video.current;
      const text = picture && picture.readyState >= 2 ? await readCode(picture).catch(() => null) : null;
      if (!isCurrent) return;
      if (text) found.current(text);
      else timer = setTimeout(() => void look(), lookEveryMs);
    };

    const start = async () => {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      // The dialog may be closed while the browser still asks for permission.
      if (!isCurrent || !video.current) return opened.getTracks().forEach((track) => track.stop());
      stream = opened;
      video.current.srcObject = opened;
      await video.current.play();
      await look();
    };

    start().catch(() => isCurrent && setRefused(true));
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [isOn]);

  return { video, isRefused };
}
