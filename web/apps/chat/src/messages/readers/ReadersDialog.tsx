import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useAppContext, useLive } from "../../client/ClientContext";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

interface ReadersDialogProps {
  message: Message;
  onClose(): void;
}

/** Who has read a message of a group. */
export function ReadersDialog({ message, onClose }: ReadersDialogProps) {
  const { t } = useTranslation();
  const { client, guard } = useAppContext();
  const { xid, mid } = message;
  const [userIds, setUserIds] = useState<number[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  useLive(["roster"], () => null);

  const load = useCallback(
    (from?: string) =>
      guard(async () => {
        const page = await client.messages.readers(xid, mid, from);
        setUserIds((old) => [...(from ? (old ?? []) : []), ...page.userIds]);
        setCursor(page.nextCursor);
        await client.roster.ensureProfiles(page.userIds);
      }),
    [client, guard, mid, xid],
  );
  useEffect(() => load(), [load]);

  return (
    <Dialog title={t("readers.title")} onClose={onClose} size="small" testId="readers-dialog">
      {userIds === null ? <span className="spinner" role="status" aria-label={t("common.loading")} /> : null}
      {userIds?.length === 0 ? <p>{t("readers.none")}</p> : null}
      <ul className="pick-list">
        {(userIds ?? []).map((id) => (
          <li key={id} className="pick-row" data-testid="reader-item">
            <Avatar
              id={id}
              name={client.roster.nameOf(id)}
              url={client.files.avatarFor(client.roster.profile(id)?.avatar ?? "", { thumbnail: true })}
              size={36}
            />
            <span className="truncate">{client.roster.nameOf(id)}</span>
          </li>
        ))}
      </ul>
      {cursor ? (
        <Button data-testid="readers-more" onClick={() => load(cursor)}>
          {t("readers.more")}
        </Button>
      ) : null}
    </Dialog>
  );
}
