import { useCallback, useRef } from "react";
import { MessagesSquare, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";
import { FoundPeople } from "./FoundPeople";
import { usePresence } from "../contacts/usePresence";
import { NewChatMenu } from "./NewChatMenu";
import { AddFriendDialog } from "../contacts/AddFriendDialog";
import { navigate } from "../shell/route";
import { Button } from "../ui/Button";
import { moveFocus } from "../ui/moveFocus";
import { EmptyState } from "../ui/EmptyState";
import { SearchInput } from "../ui/SearchInput";
import { SkeletonRows } from "../ui/Skeleton";
import { menuPoint, useActionMenu } from "../ui/useActionMenu";
import { ConversationItem } from "./ConversationItem";
import { conversationActions } from "./conversationActions";
import { conversationTitle } from "./conversationTitle";
import { conversationPreview } from "./preview";
import { FoundMessages } from "./search/FoundMessages";
import { useSearchAll } from "./search/useSearchAll";
import { useConversations } from "./useConversations";
import "./ConversationList.css";

export function ConversationList({ selectedXid }: { selectedXid: number | null }) {
  const { t } = useTranslation();
  const context = useAppContext();
  const { client } = context;
  const { query, setQuery, found, isEmpty, isLoading } = useConversations();
  const search = useSearchAll(query);
  const results = useRef<HTMLDivElement>(null);
  const { menu, show } = useActionMenu(conversationActions, context);
  const isOnline = usePresence(found.conversations.filter((one) => one.kind === "user").map((one) => one.xid));
  // Names arrive after the list; a fresh profile must redraw it.
  useLive(["roster", "group"], () => null);

  const openMenu = useCallback(
    (event: React.MouseEvent, conversation: Conversation) => {
      const hasActions = conversationActions.some((action) => action.when(conversation, context));
      if (hasActions) show(menuPoint(event), conversationTitle(conversation, client), conversation);
    },
    // `show` only closes over the stable context.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [context],
  );

  const hasFriends = client.roster.list().length > 0;
  const begin = () => (hasFriends ? navigate("contacts") : context.ui.show((close) => <AddFriendDialog onClose={close} />));
  const nameOf = (userId: number) => client.roster.nameOf(userId);
  const hasSelected = found.conversations.some((one) => one.xid === selectedXid);
  const isNobodyFound = found.conversations.length + found.people.length + found.groups.length === 0;
  const isNothingFound = isNobodyFound && (!search.isActive || (search.progress?.isDone === true && search.progress.found.length === 0));

  return (
    <>
      <header className="pane-header">
        <h2 className="pane-title">{t("nav.chats")}</h2>
        <NewChatMenu />
      </header>
      <div className="pane-search">
        <SearchInput
          label={t("conversation.search")}
          value={query}
          onChange={setQuery}
          onDown={() => results.current?.querySelector<HTMLElement>("li > a, li > button")?.focus()}
          testId="conversation-search"
        />
      </div>
      <div ref={results} className="pane-scroll" onKeyDown={moveFocus}>
        {isLoading ? <SkeletonRows /> : null}
        {!isLoading && isEmpty && !query ? (
          <EmptyState icon={<MessagesSquare size={30} />} title={t("conversation.emptyTitle")} hint={t("conversation.emptyHint")}
            action={
              <Button tone="primary" data-testid="empty-begin" onClick={begin}>
                {t(hasFriends ? "conversation.chooseFriend" : "friend.add")}
              </Button>
            }
          />
        ) : null}
        {query && isNothingFound ? (
          <EmptyState icon={<SearchX size={30} />} title={t("conversation.nothingFound")} hint={t("conversation.nothingFoundHint")} />
        ) : null}
        {found.conversations.length > 0 ? (
          <ul className="conversation-list" aria-label={t("conversation.list")} data-testid="conversation-list">
            {found.conversations.map((conversation, index) => (
              <ConversationItem
                key={conversation.xid}
                conversation={conversation}
                title={conversationTitle(conversation, client)}
                preview={conversationPreview(conversation, nameOf, t)}
                avatarUrl={client.files.avatarFor(conversation.avatar, { thumbnail: true })}
                isSelected={conversation.xid === selectedXid}
                isOnline={conversation.kind === "user" && isOnline(conversation.xid)}
                isTabStop={hasSelected ? conversation.xid === selectedXid : index === 0}
                onMenu={openMenu}
              />
            ))}
          </ul>
        ) : null}
        <FoundPeople people={found.people} groups={found.groups} urlFor={(url) => client.files.avatarFor(url, { thumbnail: true })} />
        {search.isActive ? <FoundMessages search={search} words={query} /> : null}
      </div>
      {menu}
    </>
  );
}
