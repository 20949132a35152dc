import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { Button, IconButton } from "../../ui/Button";
import { selectionActions, type SelectionContext } from "./selectionActions";
import "./Selection.css";

interface SelectionBarProps {
  chosen: Message[];
  context: SelectionContext;
}

/** Takes the place of the composer while messages are chosen. */
export function SelectionBar({ chosen, context }: SelectionBarProps) {
  const { t } = useTranslation();
  return (
    <div className="selection-bar" role="toolbar" aria-label={t("message.selected", { count: chosen.length })} data-testid="selection-bar">
      <IconButton label={t("common.cancel")} data-testid="selection-end" onClick={context.end}>
        <X size={21} />
      </IconButton>
      <span className="selection-count" role="status">
        {t("message.selected", { count: chosen.length })}
      </span>
      {selectionActions.map(({ id, title, icon: Icon, isDanger, run }) => (
        <Button
          key={id}
          tone={isDanger ? "danger" : "plain"}
          icon={<Icon size={17} aria-hidden />}
          disabled={chosen.length === 0}
          data-testid={`action-${id}`}
          aria-label={t(title)}
          onClick={() => context.guard(() => run(chosen, context))}
        >
          <span className="selection-word">{t(title)}</span>
        </Button>
      ))}
    </div>
  );
}
