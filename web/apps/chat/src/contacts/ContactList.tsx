import { useState } from "react";
import { Inbox, UserPlus, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useClient, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";
import { groupName } from "../groups/groupName";
import { formatRoute } from "../shell/route";
import { Avatar } from "../ui/Avatar";
import { Button, IconButton } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";
import { moveFocus } from "../ui/moveFocus";
import { SearchInput } from "../ui/SearchInput";
import { SkeletonRows } from "../ui/Skeleton";
import { useUi } from "../ui/UiContext";
import { AddFriendDialog } from "./AddFriendDialog";
import { ContactRow } from "./ContactRow";
import { useBlocked } from "./useBlocked";
import { usePresence } from "./usePresence";
import "./ContactList.css";

interface ContactListProps {
  selected: string | null;
  pendingCount: number;
}

export function ContactList({ selected, pendingCount }: ContactListProps) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const ui = useUi();
  const [query, setQuery] = useState("");
  const first = useAsync("roster", () => client.roster.load());
  const friends = useLive(["roster"], () => client.roster.list());
  const groups = useLive(["group"], () => client.groups.list());
  const isOnline = usePresence(friends.map((one) => one.userId));

  const wanted = query.trim().toLocaleLowerCase();
  const matches = (...texts: string[]) => texts.some((text) => text.toLocaleLowerCase().includes(wanted));
  const order = new Intl.Collator(i18n.language);
  const shownFriends = friends
    .filter((one) => matches(one.displayName, one.username))
    .sort((a, b) => order.compare(a.displayName, b.displayName));
  const shownGroups = groups.filter((one) => matches(groupName(one))).sort((a, b) => order.compare(groupName(a), groupName(b)));
  const addFriend = () => ui.show((close) => <AddFriendDialog onClose={close} />);
  const urlFor = (url: string) => client.files.avatarFor(url, { thumbnail: true });
  const isEmpty = friends.length === 0 && groups.length === 0;
  const blocked = useBlocked().filter((one) => matches(one.displayName, one.username));

  return (
    <>
      <header className="pane-header">
        <h2 className="pane-title">{t("nav.contacts")}</h2>
        <IconButton label={t("friend.add")} data-testid="add-friend" onClick={addFriend}>
          <UserPlus size={21} />
        </IconButton>
      </header>
      <div className="pane-search">
        <SearchInput label={t("contacts.search")} value={query} onChange={setQuery} />
      </div>
      <div className="pane-scroll" onKeyDown={moveFocus}>
        <ul className="contact-list">
          <li>
            <a
              className={`conversation-item ${selected === "requests" ? "is-selected" : ""}`}
              href={formatRoute({ section: "contacts", item: "requests" })}
              data-testid="requests-link"
            >
              <span className="contact-icon" aria-hidden>
                <Inbox size={22} />
              </span>
              <span className="conversation-title">{t("requests.title")}</span>
              {pendingCount > 0 ? (
                <span className="count-badge" data-testid="requests-badge">
                  {pendingCount}
                </span>
              ) : null}
            </a>
          </li>
        </ul>
        {first.isLoading && isEmpty ? <SkeletonRows count={5} /> : null}
        {!first.isLoading && isEmpty ? (
          <EmptyState
            icon={<UsersRound size={30} />}
            title={t("contacts.emptyTitle")}
            hint={t("contacts.emptyHint")}
            action={
              <Button tone="primary" onClick={addFriend}>
                {t("friend.add")}
              </Button>
            }
          />
        ) : null}
        {shownGroups.length > 0 ? (
          <section aria-label={t("contacts.groups")}>
            <h3 className="section-title">{t("contacts.groups")}</h3>
            <ul>
              {shownGroups.map((group) => (
                <li key={group.groupId}>
                  <a
                    className="conversation-item"
                    href={formatRoute({ section: "chats", item: String(group.groupId) })}
                    data-testid="group-item"
                  >
                    <Avatar id={group.groupId} name={groupName(group)} url={urlFor(group.avatar)} size={42} isGroup />
                    <ContactRow name={groupName(group)} note={t("group.memberCount", { count: group.count })} />
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {shownFriends.length > 0 ? (
          <section aria-label={t("contacts.friends")}>
            <h3 className="section-title">{t("contacts.friends")}</h3>
            <ul data-testid="friend-list">
              {shownFriends.map((friend) => (
                <li key={friend.userId}>
                  <a
                    className={`conversation-item ${selected === String(friend.userId) ? "is-selected" : ""}`}
                    href={formatRoute({ section: "contacts", item: String(friend.userId) })}
                    aria-current={selected === String(friend.userId) ? "page" : undefined}
                    data-testid="friend-item"
                  >
                    <Avatar
                      id={friend.userId}
                      name={friend.displayName}
                      url={urlFor(friend.avatar)}
                      size={42}
                      isOnline={isOnline(friend.userId)}
                    />
                    <ContactRow name={friend.displayName} note={t(isOnline(friend.userId) ? "presence.online" : "presence.offline")} />
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {blocked.length > 0 ? (
          <section aria-label={t("friend.blockedList")}>
            <h3 className="section-title">{t("friend.blockedList")}</h3>
            <ul data-testid="blocked-list">
              {blocked.map((user) => (
                <li key={user.userId}>
                  <a className="conversation-item" href={formatRoute({ section: "contacts", item: String(user.userId) })}>
                    <Avatar id={user.userId} name={user.displayName} url={urlFor(user.avatar)} size={42} />
                    <ContactRow name={user.displayName} note={t("friend.blocked")} />
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
    </>
  );
}
