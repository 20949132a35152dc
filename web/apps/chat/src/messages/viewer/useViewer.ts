import { useState, type KeyboardEvent, type PointerEvent, type WheelEvent } from "react";

const minZoom = 0.5;
const maxZoom = 8;
const step = 1.4;

interface View {
  index: number;
  zoom: number;
  /** Quarter turns, clockwise. */
  turns: number;
  x: number;
  y: number;
}

const fresh = { zoom: 1, turns: 0, x: 0, y: 0 };

/** Which of several pictures is shown, and how: zoom, turn and place, by pointer, wheel and keys. */
export function useViewer(count: number, start: number) {
  const [view, setView] = useState<View>({ index: Math.max(0, start), ...fresh });
  const [grip, setGrip] = useState<{ x: number; y: number } | null>(null);

  const go = (by: number) =>
    setView((old) => {
      const index = Math.max(0, Math.min(count - 1, old.index + by));
      return index === old.index ? old : { index, ...fresh };
    });
  const zoomBy = (factor: number) =>
    setView((old) => {
      const zoom = Math.max(minZoom, Math.min(maxZoom, old.zoom * factor));
      return { ...old, zoom, ...(zoom <= 1 ? { x: 0, y: 0 } : {}) };
    });
  const zoomIn = () => zoomBy(step);
  const zoomOut = () => zoomBy(1 / step);
  const reset = () => setView((old) => ({ ...old, ...fresh }));
  const rotate = (by = 1) => setView((old) => ({ ...old, turns: old.turns + by, x: 0, y: 0 }));
  const toggleZoom = () => setView((old) => ({ ...old, ...fresh, turns: old.turns, zoom: old.zoom === 1 ? 2 : 1 }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => go(-1),
      ArrowRight: () => go(1),
      Home: () => go(-count),
      End: () => go(count),
      "+": zoomIn,
      "=": zoomIn,
      "-": zoomOut,
      "0": reset,
      r: () => rotate(),
      R: () => rotate(-1),
    };
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  };

  const drag = {
    onWheel: (event: WheelEvent) => zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15),
    onPointerDown: (event: PointerEvent) => {
      if (view.zoom <= 1) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setGrip({ x: event.clientX - view.x, y: event.clientY - view.y });
    },
    onPointerMove: (event: PointerEvent) => {
      if (grip) setView((old) => ({ ...old, x: event.clientX - grip.x, y: event.clientY - grip.y }));
    },
    onPointerUp: () => setGrip(null),
    onPointerCancel: () => setGrip(null),
  };

  const transform = `translate(${view.x}px, ${view.y}px) rotate(${view.turns * 90}deg) scale(${view.zoom})`;
  return { ...view, transform, isDragging: grip !== null, go, zoomIn, zoomOut, reset, rotate, toggleZoom, onKeyDown, drag };
}
