/** Reads the text of a QR code from a picture; null when there is none. The reader is loaded only when somebody scans. */
export async function readCode(picture: ImageBitmapSource): Promise<string | null> {
  const bitmap = await createImageBitmap(picture);
  try {
    return (await readWithBrowser(bitmap)) ?? (await readWithScript(bitmap));
  } finally {
    bitmap.close();
  }
}

interface Detector {
  detect(source: ImageBitmap): Promise<{ rawValue: string }[]>;
}

type DetectorClass = new (options: { formats: string[] }) => Detector;

/** Not in every browser, and where it is, not always with a reader behind it. */
async function readWithBrowser(bitmap: ImageBitmap): Promise<string | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  if (!BarcodeDetector) return null;
  try {
    const [found] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(bitmap);
    return found?.rawValue ?? null;
  } catch {
    return null;
  }
}

/** Larger pictures take long and gain nothing. */
const longestSide = 1200;

async function readWithScript(bitmap: ImageBitmap): Promise<string | null> {
  const { default: decodeQR } = await import("qr/decode.js");
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  try {
    return decodeQR(context.getImageData(0, 0, width, height), { timeLimit: 1000 });
  } catch {
    // Thrown when there is no code in the picture.
    return null;
  }
}
