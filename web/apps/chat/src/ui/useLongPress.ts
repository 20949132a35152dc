import { useRef, type TouchEvent } from "react";
import type { MenuPoint } from "./Menu";

const holdMs = 480;

/** Holding a finger still, for browsers that send no contextmenu event on touch. */
export function useLongPress(onHold: (at: MenuPoint) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = () => clearTimeout(timer.current);
  return {
    onTouchStart(event: TouchEvent) {
      const touch = event.touches[0];
      stop();
      if (touch && event.touches.length === 1) timer.current = setTimeout(() => onHold({ x: touch.clientX, y: touch.clientY }), holdMs);
    },
    onTouchMove: stop,
    onTouchEnd: stop,
    onTouchCancel: stop,
  };
}
