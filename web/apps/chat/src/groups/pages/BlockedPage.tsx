import { UserX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAppContext, useLive } from "../../client/ClientContext";
import { useAsync } from "../../client/useAsync";
import { ContactRow } from "../../contacts/ContactRow";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { SkeletonRows } from "../../ui/Skeleton";
import { reportFailures } from "../batch";
import type { GroupPageProps } from "./groupPages";

export function BlockedPage({ group }: GroupPageProps) {
  const { t } = useTranslation();
  const context = useAppContext();
  const { client, guard } = context;
  const { groupId } = group;
  const { value: blocked, reload } = useAsync(`blocked-${groupId}`, async () => {
    const found = await client.groups.blocked(groupId);
    await client.roster.ensureProfiles(found);
    return found;
  });
  useLive(["roster"], () => null);
  const unblock = (userId: number) =>
    guard(async () => {
      reportFailures(await client.groups.unblock(groupId, [userId]), context);
      reload();
    });
  if (!blocked) return <SkeletonRows count={2} />;
  if (blocked.length === 0) {
    return <EmptyState icon={<UserX size={28} />} title={t("groupBlock.emptyTitle")} hint={t("groupBlock.emptyHint")} />;
  }
  return (
    <section className="details-section" aria-label={t("groupPage.blocked")}>
      <ul>
        {blocked.map((userId) => {
          const name = client.roster.nameOf(userId);
          return (
            <li key={userId} className="member-row" data-testid="group-blocked" data-user={userId}>
              <Avatar
                id={userId}
                name={name}
                url={client.files.avatarFor(client.roster.profile(userId)?.avatar ?? "", { thumbnail: true })}
                size={40}
              />
              <ContactRow name={name} note="" />
              <Button aria-label={t("groupBlock.unblockNamed", { name })} data-testid="group-unblock" onClick={() => unblock(userId)}>
                {t("friend.unblock")}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
