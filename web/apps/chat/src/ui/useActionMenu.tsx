import { useState, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import type { AppContext } from "../client/ClientContext";
import { menuEntries, type Action } from "./action";
import { Menu, type MenuEntry, type MenuPoint } from "./Menu";

interface OpenMenu {
  at: MenuPoint;
  label: string;
  entries: MenuEntry[];
}

/** Where a menu belongs for a click, a right click or the context-menu key. */
export function menuPoint(event: MouseEvent): MenuPoint {
  const isFromKeyboard = event.clientX === 0 && event.clientY === 0;
  if (!isFromKeyboard && event.type === "contextmenu") return { x: event.clientX, y: event.clientY };
  const box = event.currentTarget.getBoundingClientRect();
  return { x: box.right - 184, y: box.bottom + 4 };
}

/** Opens a menu of the allowed actions of a subject; put `menu` somewhere in the view. */
export function useActionMenu<S, C extends AppContext>(actions: readonly Action<S, C>[], context: C) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<OpenMenu | null>(null);

  const show = (at: MenuPoint, label: string, subject: S) => {
    const entries = menuEntries({
      actions,
      subject,
      context,
      translate: (key) => t(key),
      guard: context.guard,
      renderIcon: (Icon) => <Icon size={18} aria-hidden />,
    });
    if (entries.length > 0) setOpen({ at, label, entries });
  };

  const menu = open ? <Menu {...open} onClose={() => setOpen(null)} /> : null;
  return { menu, show, isOpen: open !== null };
}
