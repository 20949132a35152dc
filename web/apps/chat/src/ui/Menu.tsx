import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import "./Menu.css";

export interface MenuPoint {
  x: number;
  y: number;
}

export interface MenuEntry {
  id: string;
  title: string;
  icon?: ReactNode;
  isDanger?: boolean;
  onSelect(): void;
}

interface MenuProps {
  label: string;
  entries: MenuEntry[];
  at: MenuPoint;
  onClose(): void;
}

/** A menu at a point of the window, moved so that it stays inside; closes by itself and returns the focus. */
export function Menu({ label, entries, at, onClose }: MenuProps) {
  const list = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<MenuPoint>(at);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const box = list.current?.getBoundingClientRect();
    if (!box) return;
    const margin = 8;
    setPlace({
      x: Math.max(margin, Math.min(at.x, window.innerWidth - box.width - margin)),
      y: at.y + box.height + margin > window.innerHeight ? Math.max(margin, at.y - box.height) : at.y,
    });
  }, [at.x, at.y]);

  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = list.current;
    element?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
    const closeOutside = (event: Event) => {
      if (!list.current?.contains(event.target as Node)) close.current();
    };
    const closeNow = () => close.current();
    document.addEventListener("pointerdown", closeOutside, true);
    window.addEventListener("resize", closeNow);
    window.addEventListener("blur", closeNow);
    return () => {
      document.removeEventListener("pointerdown", closeOutside, true);
      window.removeEventListener("resize", closeNow);
      window.removeEventListener("blur", closeNow);
      const holdsFocus = document.activeElement === document.body || element?.contains(document.activeElement);
      if (holdsFocus && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const index = items.indexOf(document.activeElement as HTMLElement);
    const target: Record<string, number> = {
      ArrowDown: (index + 1) % items.length,
      ArrowUp: (index - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    if (event.key in target) {
      event.preventDefault();
      items[target[event.key] ?? 0]?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }
  };

  return createPortal(
    <div
      ref={list}
      className="menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      style={{ left: place.x, top: place.y }}
      onKeyDown={onKeyDown}
    >
      {entries.map((entry) => (
        <button
          key={entry.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={`menu-item ${entry.isDanger ? "menu-item-danger" : ""}`}
          data-testid={`action-${entry.id}`}
          onClick={() => {
            onClose();
            entry.onSelect();
          }}
        >
          {entry.icon}
          {entry.title}
        </button>
      ))}
    </div>,
    document.body,
  );
}
