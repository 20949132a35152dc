import type { FileKind } from "./api.js";

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
