import { useTranslation } from "react-i18next";
import type { RosterItem } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";
import { useAsync } from "../client/useAsync";
import { allowedActions } from "../ui/action";
import { Avatar } from "../ui/Avatar";
import { hasAsked, userActions } from "./userActions";
import "./ContactList.css";

interface UserCardProps {
  userId: number;
  /** Ids of actions that make no sense in this place. */
  omit?: readonly string[];
  onActed?: () => void;
}

/** Picture, names and actions of a user. */
export function UserCard({ userId, omit = [], onActed }: UserCardProps) {
  const { t } = useTranslation();
  const context = useAppContext();
  const { client } = context;
  const profiles = useAsync(userId, () => client.roster.ensureProfiles([userId]));
  const user = useLive(["roster"], () => client.roster.profile(userId)) ?? meAsUser(client.me, userId);
  useLive(["conversation"], () => null);
  const isOnline = useLive(["presence"], () => client.presence.find(userId)?.isOnline === true);
  if (!user) return <p className="user-card-note">{t(profiles.isLoading ? "common.loading" : profiles.error ? "errors.network" : "errors.user-not-found")}</p>;
  return (
    <div className="user-card" data-testid="user-card">
      <Avatar id={userId} name={user.displayName} url={client.files.avatarFor(user.avatar)} size={92} isOnline={isOnline} />
      <p className="user-card-name">{user.displayName}</p>
      <p className="user-card-note">
        @{user.username} · ID {user.userId}
      </p>
      {user.alias && user.nickName ? (
        <p className="user-card-note">
          {t("account.nickName")}: {user.nickName}
        </p>
      ) : null}
      {hasAsked(userId, client) ? (
        <p className="user-card-note" data-testid="user-card-request">
          {t("friend.requestPending")}
        </p>
      ) : null}
      {user.description ? <p className="user-card-note">{user.description}</p> : null}
      <div className="action-row">
        {allowedActions(userActions, user, context)
          .filter((action) => !omit.includes(action.id))
          .map(({ id, title, icon: Icon, isDanger, run }) => (
            <button
              key={id}
              type="button"
              className={`action-tile ${isDanger ? "is-danger" : ""}`}
              data-testid={`action-${id}`}
              onClick={() => {
                onActed?.();
                context.guard(() => run(user, context));
              }}
            >
              <Icon size={20} aria-hidden />
              {t(title)}
            </button>
          ))}
      </div>
    </div>
  );
}

type Me = { userId: number; username: string; nickName: string; avatar: string; description: string; displayName: string } | null;

function meAsUser(me: Me, userId: number): RosterItem | undefined {
  if (me?.userId !== userId) return undefined;
  const { username, nickName, avatar, description, displayName } = me;
  return {
    userId,
    username,
    nickName,
    avatar,
    description,
    displayName,
    alias: "",
    publicInfo: "",
    ext: "",
    relation: "stranger",
    isMuted: false,
    authMode: 0,
    authQuestion: "",
  };
}
