import { useState } from "react";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { UserCard } from "../contacts/UserCard";
import { IconButton } from "../ui/Button";
import { ConversationSwitches } from "./ConversationSwitches";
import { GroupPanel } from "./GroupPanel";
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
  const [page, setPage] = useState<string | null>(null);
  const common = (
    <>
      <ConversationSwitches xid={xid} />
      <VerifyConversation xid={xid} />
    </>
  );
  return (
    <aside className="details" aria-label={t("details.title")} data-testid="details-panel">
      {kind === "group" ? (
        <GroupPanel key={xid} groupId={xid} page={page} onPage={setPage} onClose={onClose}>
          {common}
        </GroupPanel>
      ) : (
        <>
          <header className="details-header">
            <IconButton label={t("common.close")} data-testid="details-close" onClick={onClose}>
              <X size={22} />
            </IconButton>
            <h2>{t("details.user")}</h2>
          </header>
          <div className="details-scroll">
            <section className="details-section">
              <UserCard userId={xid} omit={["message-user", "mute-friend", "unmute-friend"]} />
            </section>
            {common}
          </div>
        </>
      )}
    </aside>
  );
}
