import type { MouseEvent } from "react";
import { Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { GroupMember } from "@cerulean/sdk";
import { ContactRow } from "../contacts/ContactRow";
import { Avatar } from "../ui/Avatar";
import { IconButton } from "../ui/Button";
import { describeBan } from "./banLength";

interface MemberRowProps {
  member: GroupMember;
  avatarUrl: string;
  isMe: boolean;
  onMenu(event: MouseEvent, member: GroupMember): void;
}

export function MemberRow({ member, avatarUrl, isMe, onMenu }: MemberRowProps) {
  const { t, i18n } = useTranslation();
  const notes = [isMe ? t("common.you") : "", member.isBanned ? describeBan(member.bannedUntil ?? -1, i18n.language, t) : ""].filter(Boolean).join(" · ");
  return (
    <li
      className="member-row"
      data-testid="member-item"
      data-user={member.userId}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(event, member);
      }}
    >
      <Avatar id={member.userId} name={member.displayName} url={avatarUrl} size={40} />
      <ContactRow name={member.displayName} note={notes} />
      {member.role === "member" ? null : <span className={`role role-${member.role}`}>{t(`group.role.${member.role}`)}</span>}
      <IconButton
        label={t("group.memberActions", { name: member.displayName })}
        aria-haspopup="menu"
        data-testid="member-menu"
        onClick={(event) => onMenu(event, member)}
      >
        <Ellipsis size={20} />
      </IconButton>
    </li>
  );
}
