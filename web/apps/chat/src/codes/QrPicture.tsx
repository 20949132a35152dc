import { useMemo } from "react";
import encodeQR from "qr";

/** A QR code as one path, black on white in every theme, since readers expect that. */
export function QrPicture({ text, label, size = 240 }: { text: string; label: string; size?: number }) {
  const { path, side } = useMemo(() => draw(text), [text]);
  return (
    <svg
      className="qr-picture"
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
      data-testid="qr-picture"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function draw(text: string): { path: string; side: number } {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 3 });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { path, side: rows.length };
}
