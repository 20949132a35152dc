import type { Attachment } from "@cerulean/sdk";

const maxWidth = 320;
const maxHeight = 360;
const minSide = 120;

/** The room a picture gets before it has loaded, so that nothing jumps. */
export function fit({ width, height }: Partial<Pick<Attachment, "width" | "height">>): { width: number; aspectRatio: string } {
  if (!width || !height) return { width: 260, aspectRatio: "4 / 3" };
  const scale = Math.min(maxWidth / width, maxHeight / height, 1);
  const shownWidth = Math.max(minSide, width * scale);
  return { width: shownWidth, aspectRatio: `${shownWidth} / ${Math.max(minSide, height * scale)}` };
}
