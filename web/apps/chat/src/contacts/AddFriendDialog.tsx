import { useState } from "react";
import { SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RosterItem } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { allowedActions } from "../ui/action";
import { Avatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SearchInput } from "../ui/SearchInput";
import { ContactRow } from "./ContactRow";
import { hasAsked, userActions } from "./userActions";

export function AddFriendDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const context = useAppContext();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<RosterItem[] | null>(null);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);

  const search = async () => {
    if (!query.trim()) return;
    setBusy(true);
    setError("");
    setFound(null);
    try {
      setFound(await context.client.roster.find(query.trim()));
    } catch (failure) {
      setError(errorText(failure, t));
    }
    setBusy(false);
  };

  return (
    <Dialog title={t("friend.add")} onClose={onClose} testId="add-friend-dialog">
      <form
        className="add-friend-form"
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <SearchInput label={t("friend.searchHint")} value={query} onChange={setQuery} testId="add-friend-input" />
        <Button type="submit" tone="primary" isBusy={isBusy} data-testid="add-friend-search">
          {t("common.search")}
        </Button>
      </form>
      <div className="add-friend-result" aria-live="polite">
        {error ? (
          <p className="field-error" role="alert">
            {error}
          </p>
        ) : null}
        {found?.length === 0 ? (
          <p className="add-friend-none">
            <SearchX size={20} aria-hidden />
            {t("friend.notFound")}
          </p>
        ) : null}
        {found?.map((user) => (
          <FoundUser key={user.userId} user={user} onClose={onClose} />
        ))}
      </div>
    </Dialog>
  );
}

function FoundUser({ user, onClose }: { user: RosterItem; onClose(): void }) {
  const { t } = useTranslation();
  const context = useAppContext();
  const isMe = user.userId === context.client.me?.userId;
  const isAsked = hasAsked(user.userId, context.client);
  const actions = allowedActions(userActions, user, context).filter(
    (action) => action.id === "apply-friend" || action.id === "message-user" || action.id === "unblock-user",
  );
  return (
    <div className="request-row" data-testid="found-user">
      <Avatar id={user.userId} name={user.displayName} url={context.client.files.avatarFor(user.avatar, { thumbnail: true })} size={44} />
      <ContactRow name={user.displayName} note={isMe ? t("friend.isYou") : isAsked ? t("friend.requestPending") : `@${user.username}`} />
      {actions.map((action) => (
        <Button
          key={action.id}
          tone="primary"
          data-testid={`action-${action.id}`}
          onClick={() => {
            onClose();
            context.guard(() => action.run(user, context));
          }}
        >
          {t(action.title)}
        </Button>
      ))}
    </div>
  );
}
