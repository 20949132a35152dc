import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { emojiGroups, readRecentEmoji, rememberEmoji } from "./emoji";
import "./EmojiPicker.css";

interface EmojiPickerProps {
  onPick(sign: string): void;
  onClose(): void;
}

const columns = 8;

export function EmojiPicker({ onPick, onClose }: EmojiPickerProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [recent] = useState(readRecentEmoji);
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    box.current?.querySelector<HTMLElement>("button")?.focus();
    const onPointerDown = (event: Event) => {
      const target = event.target as Element;
      if (!box.current?.contains(target) && !target.closest("[data-emoji-toggle]")) close.current();
    };
    document.addEventListener("pointerdown", onPointerDown, true);
    return () => document.removeEventListener("pointerdown", onPointerDown, true);
  }, []);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const step = steps[event.key];
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (step !== undefined) {
      event.preventDefault();
      const buttons = [...(box.current?.querySelectorAll<HTMLElement>("button") ?? [])];
      const index = buttons.indexOf(document.activeElement as HTMLElement);
      buttons[Math.max(0, Math.min(buttons.length - 1, index + step))]?.focus();
    }
  };

  const groups = recent.length > 0 ? [{ id: "recent", emoji: recent }, ...emojiGroups] : emojiGroups;
  let isFirst = true;
  return (
    <div ref={box} className="emoji-picker" role="dialog" aria-label={t("composer.emoji")} data-testid="emoji-picker" onKeyDown={onKeyDown}>
      {groups.map((group) => (
        <section key={group.id} aria-label={t(`emoji.${group.id}`)}>
          <h3>{t(`emoji.${group.id}`)}</h3>
          <div className="emoji-grid">
            {group.emoji.map((sign) => {
              const tabIndex = isFirst ? 0 : -1;
              isFirst = false;
              return (
                <button
                  key={sign}
                  type="button"
                  tabIndex={tabIndex}
                  aria-label={sign}
                  onClick={() => {
                    rememberEmoji(sign);
                    onPick(sign);
                  }}
                >
                  {sign}
                </button>
              );
            })}
          </div>
        </section>
      ))}
    </div>
  );
}
