import type { FileKind } from "./api.js";

const VIDEO_LIMIT_MS = 4_000;
const POSTER_SIDE = 640;

export function kindOf(mimeType: string): FileKind {
  if (/^image\/(png|jpeg|gif|webp|bmp|avif)/.test(mimeType)) return "image";
  if (mimeType.startsWith("video/")) return "video";
  if (mimeType.startsWith("audio/")) return "audio";
  return "file";
}

/** Width and height where the browser can read the image. */
export async function imageSize(image: Blob): Promise<{ width: number; height: number } | undefined> {
  if (typeof createImageBitmap === "undefined") return undefined;
  try {
    const bitmap = await createImageBitmap(image);
    const size = { width: bitmap.width, height: bitmap.height };
    bitmap.close();
    return size;
  } catch {
    return undefined;
  }
}

export interface VideoInfo {
  width: number;
  height: number;
  duration?: number;
  poster?: Blob;
}

/** Size, length and a still of a video where the browser can play it; undefined where it cannot, or takes too long. */
export async function videoInfo(file: Blob): Promise<VideoInfo | undefined> {
  if (typeof document === "undefined") return undefined;
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = url;
  try {
    return await withLimit(VIDEO_LIMIT_MS, readVideo(video));
  } catch {
    return undefined;
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}

async function readVideo(video: HTMLVideoElement): Promise<VideoInfo> {
  await eventOf(video, "loadeddata");
  const { videoWidth: width, videoHeight: height, duration } = video;
  // The very first picture is often black.
  if (Number.isFinite(duration) && duration > 0.5) {
    video.currentTime = Math.min(1, duration / 3);
    await eventOf(video, "seeked");
  }
  const poster = await still(video, width, height);
  return { width, height, ...(Number.isFinite(duration) ? { duration } : {}), ...(poster ? { poster } : {}) };
}

async function still(video: HTMLVideoElement, width: number, height: number): Promise<Blob | undefined> {
  const scale = Math.min(1, POSTER_SIDE / Math.max(width, height, 1));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), "image/jpeg", 0.8));
}

function eventOf(video: HTMLVideoElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(name, () => resolve(), { once: true });
    video.addEventListener("error", () => reject(new Error("this browser cannot play the video")), { once: true });
  });
}

function withLimit<T>(ms: number, task: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("reading the video took too long")), ms);
    task.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
