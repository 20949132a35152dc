import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { UserCard } from "../contacts/UserCard";
import { IconButton } from "../ui/Button";
import { ConversationSwitches } from "./ConversationSwitches";
import { GroupDetails } from "./GroupDetails";
import { VerifyConversation } from "./VerifyConversation";
import "./groups.css";

interface DetailsPanelProps {
  xid: number;
  kind: "user" | "group";
  onClose(): void;
}

/** Beside the messages: who is here, what may be done, and whether the record is intact. */
export function DetailsPanel({ xid, kind, onClose }: DetailsPanelProps) {
  const { t } = useTranslation();
  return (
    <aside className="details" aria-label={t("details.title")} data-testid="details-panel">
      <header className="details-header">
        <IconButton label={t("common.close")} data-testid="details-close" onClick={onClose}>
          <X size={22} />
        </IconButton>
        <h2>{t(kind === "group" ? "details.group" : "details.user")}</h2>
      </header>
      <div className="details-scroll">
        {kind === "group" ? (
          <GroupDetails groupId={xid}>
            <ConversationSwitches xid={xid} />
            <VerifyConversation xid={xid} />
          </GroupDetails>
        ) : (
          <>
            <section className="details-section">
              <UserCard userId={xid} omit={["message-user"]} />
            </section>
            <ConversationSwitches xid={xid} />
            <VerifyConversation xid={xid} />
          </>
        )}
      </div>
    </aside>
  );
}
