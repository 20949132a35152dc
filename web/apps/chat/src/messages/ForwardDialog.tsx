import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { conversationTitle } from "../conversations/conversationTitle";
import { Avatar } from "../ui/Avatar";
import { Dialog } from "../ui/Dialog";
import { SearchInput } from "../ui/SearchInput";
import { moveFocus } from "../ui/moveFocus";

export function ForwardDialog({ message, onClose }: { message: Message; onClose(): void }) {
  const { t } = useTranslation();
  const { client, guard, ui } = useAppContext();
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLocaleLowerCase();
  const targets = client.conversations
    .list()
    .filter((one) => one.kind !== "system")
    .map((one) => ({ xid: one.xid, name: conversationTitle(one, client), avatar: one.avatar, isGroup: one.kind === "group" }))
    .filter((one) => one.name.toLocaleLowerCase().includes(wanted));
  return (
    <Dialog title={t("message.forward")} onClose={onClose} testId="forward-dialog">
      <SearchInput label={t("common.search")} value={query} onChange={setQuery} />
      <ul className="pick-list" onKeyDown={moveFocus}>
        {targets.map((target) => (
          <li key={target.xid}>
            <button
              type="button"
              className="pick-row"
              onClick={() => {
                onClose();
                guard(async () => {
                  await client.messages.forward(message, target.xid);
                  ui.toast(t("message.forwarded", { name: target.name }), "success");
                });
              }}
            >
              <Avatar
                id={target.xid}
                name={target.name}
                url={client.files.urlFor(target.avatar, { thumbnail: true })}
                size={40}
                isGroup={target.isGroup}
              />
              <span className="truncate">{target.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
