import { UserPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Group, GroupMember, GroupRole } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { UserCardDialog } from "../contacts/UserCardDialog";
import { Button } from "../ui/Button";
import { SearchInput } from "../ui/SearchInput";
import { SkeletonRows } from "../ui/Skeleton";
import { menuPoint, useActionMenu } from "../ui/useActionMenu";
import { InviteDialog } from "./InviteDialog";
import { memberActions, type MemberContext } from "./memberActions";
import { MemberRow } from "./MemberRow";
import { useMembers } from "./useMembers";

/** From this many members on there is a search field. */
const searchFrom = 8;

export function MemberSection({ group, myRole }: { group: Group; myRole: GroupRole }) {
  const { t } = useTranslation();
  const context = useAppContext();
  const { client, ui } = context;
  const { groupId } = group;
  const { members, all, total, hasMore, isLoading, query, setQuery, reload, loadMore } = useMembers(groupId);
  const memberContext: MemberContext = {
    ...context,
    groupId,
    myRole,
    reload,
    openCard: (userId) => ui.show((close) => <UserCardDialog userId={userId} onClose={close} />),
  };
  const { menu, show } = useActionMenu(memberActions, memberContext);
  const canInvite = myRole !== "member" || group.memberInvite;
  const invite = () =>
    ui.show((close) => <InviteDialog groupId={groupId} memberIds={new Set(all.map((one) => one.userId))} onClose={close} />);
  const openMenu = (event: React.MouseEvent, member: GroupMember) => show(menuPoint(event), member.displayName, member);
  return (
    <section className="details-section" aria-label={t("group.members")}>
      <h3>{t("group.members")}</h3>
      {total >= searchFrom || query ? (
        <SearchInput label={t("members.search")} value={query} onChange={setQuery} testId="member-search" />
      ) : null}
      {canInvite ? (
        <button type="button" className="member-row" data-testid="open-invite" onClick={invite}>
          <span className="contact-icon" aria-hidden>
            <UserPlus size={20} />
          </span>
          <span className="conversation-title">{t("group.invite")}</span>
        </button>
      ) : null}
      <ul data-testid="member-list">
        {members.map((member) => (
          <MemberRow
            key={member.userId}
            member={member}
            avatarUrl={client.files.avatarFor(member.avatar || (client.roster.profile(member.userId)?.avatar ?? ""), { thumbnail: true })}
            isMe={member.userId === client.me?.userId}
            onMenu={openMenu}
          />
        ))}
      </ul>
      {isLoading && members.length === 0 ? <SkeletonRows count={3} /> : null}
      {query && !isLoading && members.length === 0 ? (
        <p className="pick-none" role="status">
          {t("members.none")}
        </p>
      ) : null}
      {hasMore ? (
        <Button isWide isBusy={isLoading} data-testid="members-more" onClick={loadMore}>
          {t("members.more", { shown: members.length, total })}
        </Button>
      ) : null}
      {menu}
    </section>
  );
}
