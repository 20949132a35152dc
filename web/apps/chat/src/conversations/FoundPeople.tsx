import { useTranslation } from "react-i18next";
import type { Group, RosterItem } from "@cerulean/sdk";
import { groupName } from "../groups/groupName";
import { formatRoute } from "../shell/route";
import { Avatar } from "../ui/Avatar";

interface FoundPeopleProps {
  people: RosterItem[];
  groups: Group[];
  urlFor(url: string): string;
}

/** Search results beyond the conversations that exist already. */
export function FoundPeople({ people, groups, urlFor }: FoundPeopleProps) {
  const { t } = useTranslation();
  const rows = [
    ...people.map((one) => ({ id: one.userId, name: one.displayName, avatar: one.avatar, isGroup: false })),
    ...groups.map((one) => ({ id: one.groupId, name: groupName(one), avatar: one.avatar, isGroup: true })),
  ];
  if (rows.length === 0) return null;
  return (
    <section aria-label={t("conversation.more")}>
      <h3 className="section-title">{t("conversation.more")}</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <a className="conversation-item" href={formatRoute({ section: "chats", item: String(row.id) })}>
              <Avatar id={row.id} name={row.name} url={urlFor(row.avatar)} isGroup={row.isGroup} size={44} />
              <span className="conversation-title truncate">{row.name}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
