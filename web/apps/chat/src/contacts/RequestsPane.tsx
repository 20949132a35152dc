import { Inbox } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { RequestStatus } from "@cerulean/sdk";
import { useAppContext, useLive } from "../client/ClientContext";
import { groupName } from "../groups/groupName";
import { PageHeader } from "../shell/PageHeader";
import { Avatar } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/EmptyState";
import { SkeletonRows } from "../ui/Skeleton";
import { ContactRow } from "./ContactRow";
import type { Requests } from "./useRequests";

interface Entry {
  key: string;
  id: number;
  isGroup: boolean;
  title: string;
  avatar: string;
  note: string;
  /** Mine wait for somebody else. */
  status: RequestStatus | "sent";
  answer?(isAccepted: boolean): Promise<void>;
}

function useEntries({ applications, invitations, groupApplications, groups }: Requests): Entry[] {
  const { t } = useTranslation();
  const { client } = useAppContext();
  useLive(["group"], () => null);
  const sent = useLive(["roster"], () => client.roster.sentApplications());
  const nameOf = (userId: number) => client.roster.nameOf(userId);
  const groupOf = (groupId: number) => client.groups.find(groupId) ?? groups.get(groupId);
  const nameOfGroup = (groupId: number) => groupName(groupOf(groupId) ?? { groupId, name: "" });
  return [
    ...applications.map((one) => ({
      key: `user-${one.userId}`,
      id: one.userId,
      isGroup: false,
      status: one.status,
      title: nameOf(one.userId),
      avatar: client.roster.profile(one.userId)?.avatar ?? "",
      note: one.reason || t("requests.wantsToBeFriend"),
      answer: (isAccepted: boolean) => (isAccepted ? client.roster.accept(one.userId) : client.roster.decline(one.userId)),
    })),
    ...invitations.map((one) => ({
      key: `invitation-${one.groupId}-${one.inviterId}`,
      id: one.groupId,
      isGroup: true,
      status: one.status,
      title: nameOfGroup(one.groupId),
      avatar: groupOf(one.groupId)?.avatar ?? "",
      note: t("requests.invitedBy", { name: nameOf(one.inviterId) }),
      answer: (isAccepted: boolean) => client.groups.handleInvitation(one.groupId, one.inviterId, isAccepted),
    })),
    ...groupApplications.map((one) => ({
      key: `group-${one.groupId}-${one.applicantId}`,
      id: one.applicantId,
      isGroup: false,
      status: one.status,
      title: nameOf(one.applicantId),
      avatar: client.roster.profile(one.applicantId)?.avatar ?? "",
      note: t("requests.wantsToJoin", { group: nameOfGroup(one.groupId) }) + (one.reason ? ` — ${one.reason}` : ""),
      answer: (isAccepted: boolean) => client.groups.handleApplication(one.groupId, one.applicantId, isAccepted),
    })),
    ...sent.map((one) => ({
      key: `sent-${one.userId}`,
      id: one.userId,
      isGroup: false,
      status: "sent" as const,
      title: nameOf(one.userId),
      avatar: client.roster.profile(one.userId)?.avatar ?? "",
      note: one.reason || t("requests.youAsked"),
    })),
  ].sort((a, b) => Number(b.status === "pending") - Number(a.status === "pending"));
}

export function RequestsPane({ requests }: { requests: Requests }) {
  const { t } = useTranslation();
  const { client, guard } = useAppContext();
  const entries = useEntries(requests);
  const answer = (entry: Entry, isAccepted: boolean) =>
    guard(async () => {
      await entry.answer?.(isAccepted);
      requests.reload();
    });
  return (
    <div className="page" data-testid="requests">
      <PageHeader section="contacts" title={t("requests.title")} />
      {requests.isLoading ? <SkeletonRows count={3} /> : null}
      {!requests.isLoading && entries.length === 0 ? (
        <EmptyState icon={<Inbox size={30} />} title={t("requests.emptyTitle")} hint={t("requests.emptyHint")} />
      ) : null}
      {entries.length > 0 ? (
        <div className="page-body">
          <ul className="card">
            {entries.map((entry) => (
              <li key={entry.key} className="request-row" data-testid="request-item" data-status={entry.status}>
                <Avatar id={entry.id} name={entry.title} url={client.files.avatarFor(entry.avatar, { thumbnail: true })} size={44} isGroup={entry.isGroup} />
                <ContactRow name={entry.title} note={entry.note} />
                {entry.status === "pending" ? (
                  <>
                    <Button
                      aria-label={t("requests.declineFrom", { name: entry.title })}
                      data-testid="request-decline"
                      onClick={() => answer(entry, false)}
                    >
                      {t("requests.decline")}
                    </Button>
                    <Button
                      tone="primary"
                      aria-label={t("requests.acceptFrom", { name: entry.title })}
                      data-testid="request-accept"
                      onClick={() => answer(entry, true)}
                    >
                      {t("requests.accept")}
                    </Button>
                  </>
                ) : (
                  <span className="contact-note">{t(`requests.${entry.status}`)}</span>
                )}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
