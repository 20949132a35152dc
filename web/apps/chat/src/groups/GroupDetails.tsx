import type { ReactNode } from "react";
import { ChevronRight, Megaphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Group } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { allowedActions } from "../ui/action";
import { RichText } from "../messages/RichText";
import { Avatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { describeBan } from "./banLength";
import { groupActions } from "./groupActions";
import { groupName } from "./groupName";
import { MemberSection } from "./MemberSection";
import { groupPages } from "./pages/groupPages";
import type { GroupView } from "./useGroupDetails";

interface GroupDetailsProps {
  view: GroupView;
  group: Group;
  onOpenPage(id: string): void;
  children: ReactNode;
}

export function GroupDetails({ view, group, onOpenPage, children }: GroupDetailsProps) {
  const { t, i18n } = useTranslation();
  const context = useAppContext();
  const { client, guard } = context;
  const { myRole, news, confirmNews } = view;
  const groupContext = { ...context, groupId: group.groupId, myRole, reload: () => {} };
  const silence = group.banExpireTime > 0 ? group.banExpireTime * 1000 : group.banExpireTime;
  return (
    <>
      <section className="details-section user-card">
        <Avatar id={group.groupId} name={groupName(group)} url={client.files.avatarFor(group.avatar)} size={88} isGroup />
        <p className="user-card-name" data-testid="group-details-name">
          {groupName(group)}
        </p>
        <p className="user-card-note">
          {t("group.memberCount", { count: group.count })} · ID {group.groupId}
        </p>
        {group.description ? (
          <p className="user-card-note" data-testid="group-details-description">
            {group.description}
          </p>
        ) : null}
        {silence === 0 ? null : (
          <p className="user-card-note">
            {t("ban.allNote")} {describeBan(silence, i18n.language, t)}
          </p>
        )}
      </section>
      {news ? (
        <section className="details-section announcement" aria-label={t("group.announcement")} data-testid="group-news">
          <h3>
            <Megaphone size={18} aria-hidden />
            {news.title}
          </h3>
          <p>
            <RichText text={news.content} />
          </p>
          <div className="form-end">
            <Button data-testid="group-news-confirm" onClick={confirmNews}>
              {t("announcements.confirm")}
            </Button>
          </div>
        </section>
      ) : null}
      <nav className="details-section" aria-label={t("details.group")}>
        {groupPages
          .filter((page) => page.when(myRole))
          .map(({ id, title, icon: Icon }) => (
            <button key={id} type="button" className="details-action" data-testid={`group-page-${id}`} onClick={() => onOpenPage(id)}>
              <Icon size={20} aria-hidden />
              <span className="details-action-title">{t(title)}</span>
              <ChevronRight size={18} aria-hidden />
            </button>
          ))}
      </nav>
      {children}
      <MemberSection group={group} myRole={myRole} />
      <section className="details-section">
        {allowedActions(groupActions, group, groupContext).map(({ id, title, icon: Icon, isDanger, run }) => (
          <button
            key={id}
            type="button"
            className={`details-action ${isDanger ? "is-danger" : ""}`}
            data-testid={`action-${id}`}
            onClick={() => guard(() => run(group, groupContext))}
          >
            <Icon size={20} aria-hidden />
            {t(title)}
          </button>
        ))}
      </section>
    </>
  );
}
