import type { ReactNode } from "react";
import { Megaphone, UserPlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { GroupMember } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { UserCardDialog } from "../contacts/UserCardDialog";
import { allowedActions } from "../ui/action";
import { Avatar } from "../ui/Avatar";
import { SkeletonRows } from "../ui/Skeleton";
import { menuPoint, useActionMenu } from "../ui/useActionMenu";
import { groupActions } from "./groupActions";
import { InviteDialog } from "./InviteDialog";
import { memberActions, type MemberContext } from "./memberActions";
import { MemberRow } from "./MemberRow";
import { useGroupDetails } from "./useGroupDetails";

export function GroupDetails({ groupId, children }: { groupId: number; children: ReactNode }) {
  const { t } = useTranslation();
  const context = useAppContext();
  const { client, ui, guard } = context;
  const { group, myRole, members, isLoading, announcement, reload } = useGroupDetails(groupId);
  const memberContext: MemberContext = {
    ...context,
    groupId,
    myRole,
    reload,
    openCard: (userId) => ui.show((close) => <UserCardDialog userId={userId} onClose={close} />),
  };
  const { menu, show } = useActionMenu(memberActions, memberContext);
  if (!group) return <SkeletonRows count={4} />;

  const canInvite = myRole !== "member" || group.memberInvite;
  const invite = () =>
    ui.show((close) => <InviteDialog groupId={groupId} memberIds={new Set(members.map((one) => one.userId))} onClose={close} />);
  const openMenu = (event: React.MouseEvent, member: GroupMember) => show(menuPoint(event), member.displayName, member);

  return (
    <>
      <section className="details-section user-card">
        <Avatar id={groupId} name={group.name} url={client.files.urlFor(group.avatar)} size={88} isGroup />
        <p className="user-card-name" data-testid="group-details-name">
          {group.name}
        </p>
        <p className="user-card-note">
          {t("group.memberCount", { count: group.count })} · ID {groupId}
        </p>
        {group.description ? <p className="user-card-note">{group.description}</p> : null}
      </section>
      {announcement ? (
        <section className="details-section announcement" aria-label={t("group.announcement")}>
          <h3>
            <Megaphone size={18} aria-hidden />
            {t("group.announcement")}
          </h3>
          <p>{announcement.content}</p>
        </section>
      ) : null}
      {children}
      <section className="details-section" aria-label={t("group.members")}>
        <h3>{t("group.members")}</h3>
        {canInvite ? (
          <button type="button" className="member-row" data-testid="open-invite" onClick={invite}>
            <span className="contact-icon" aria-hidden>
              <UserPlus size={20} />
            </span>
            <span className="conversation-title">{t("group.invite")}</span>
          </button>
        ) : null}
        {isLoading ? <SkeletonRows count={3} /> : null}
        <ul data-testid="member-list">
          {members.map((member) => (
            <MemberRow
              key={member.userId}
              member={member}
              avatarUrl={client.files.urlFor(member.avatar || (client.roster.profile(member.userId)?.avatar ?? ""), { thumbnail: true })}
              isMe={member.userId === client.me?.userId}
              onMenu={openMenu}
            />
          ))}
        </ul>
      </section>
      <section className="details-section">
        {allowedActions(groupActions, group, memberContext).map(({ id, title, icon: Icon, isDanger, run }) => (
          <button
            key={id}
            type="button"
            className={`details-action ${isDanger ? "is-danger" : ""}`}
            data-testid={`action-${id}`}
            onClick={() => guard(() => run(group, memberContext))}
          >
            <Icon size={20} aria-hidden />
            {t(title)}
          </button>
        ))}
      </section>
      {menu}
    </>
  );
}
