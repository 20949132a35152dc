import { Pencil, Reply, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { messagePreview } from "../conversations/preview";
import type { ComposerMode } from "../messages/useConversationPane";
import { IconButton } from "../ui/Button";

interface ModeBarProps {
  mode: NonNullable<ComposerMode>;
  nameOf(userId: number): string;
  onCancel(): void;
}

/** Shows what is being edited or answered. */
export function ComposerModeBar({ mode, nameOf, onCancel }: ModeBarProps) {
  const { t } = useTranslation();
  const { kind, message } = mode;
  const Icon = kind === "edit" ? Pencil : Reply;
  return (
    <div className="composer-mode" data-testid={`composer-${kind}`}>
      <Icon size={20} aria-hidden />
      <span>
        <b>{kind === "edit" ? t("composer.editing") : t("composer.replyTo", { name: nameOf(message.from) })}</b>
        <span className="truncate">{messagePreview(message.kind, message.text || (message.attachment?.name ?? ""), t)}</span>
      </span>
      <IconButton label={t("common.cancel")} onClick={onCancel}>
        <X size={20} />
      </IconButton>
    </div>
  );
}
