import { useState } from "react";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient, useLive } from "../client/ClientContext";
import { Avatar } from "../ui/Avatar";
import { SearchInput } from "../ui/SearchInput";
import "../contacts/ContactList.css";
import "./groups.css";

interface FriendPickerProps {
  chosen: number[];
  /** Those who are members already. */
  excluded?: ReadonlySet<number>;
  onChange(chosen: number[]): void;
}

export function FriendPicker({ chosen, excluded, onChange }: FriendPickerProps) {
  const { t } = useTranslation();
  const client = useClient();
  const [query, setQuery] = useState("");
  const friends = useLive(["roster"], () => client.roster.list()).filter((one) => one.relation === "friend" && !excluded?.has(one.userId));
  const wanted = query.trim().toLocaleLowerCase();
  const shown = friends.filter((one) => one.displayName.toLocaleLowerCase().includes(wanted) || one.username.includes(wanted));
  const toggle = (userId: number) => onChange(chosen.includes(userId) ? chosen.filter((id) => id !== userId) : [...chosen, userId]);

  return (
    <div className="friend-picker">
      {chosen.length > 0 ? (
        <ul className="chosen-list" aria-label={t("group.chosen")}>
          {chosen.map((userId) => (
            <li key={userId}>
              <button
                type="button"
                className="chosen-chip"
                aria-label={t("group.unchoose", { name: client.roster.nameOf(userId) })}
                onClick={() => toggle(userId)}
              >
                {client.roster.nameOf(userId)}
                <X size={14} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <SearchInput label={t("contacts.search")} value={query} onChange={setQuery} />
      <ul className="pick-list" aria-label={t("contacts.friends")}>
        {shown.length === 0 ? <li className="pick-none">{t("group.noFriends")}</li> : null}
        {shown.map((friend) => (
          <li key={friend.userId}>
            <label className="pick-row" data-testid="friend-option">
              <Avatar
                id={friend.userId}
                name={friend.displayName}
                url={client.files.avatarFor(friend.avatar, { thumbnail: true })}
                size={38}
              />
              <span className="truncate">{friend.displayName}</span>
              <input type="checkbox" checked={chosen.includes(friend.userId)} onChange={() => toggle(friend.userId)} />
            </label>
          </li>
        ))}
      </ul>
    </div>
  );
}
