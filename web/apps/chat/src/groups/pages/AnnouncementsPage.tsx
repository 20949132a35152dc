import { useEffect, useState } from "react";
import { Megaphone, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Announcement } from "@cerulean/sdk";
import { useAppContext, useLive } from "../../client/ClientContext";
import { useAsync } from "../../client/useAsync";
import { formatFull } from "../../messages/time";
import { Button, IconButton } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Field, TextArea } from "../../ui/Field";
import { SkeletonRows } from "../../ui/Skeleton";
import { confirmAnnouncement } from "../confirmed";
import type { GroupPageProps } from "./groupPages";

const titleLimit = 40;
const contentLimit = 500;

export function AnnouncementsPage({ group, myRole }: GroupPageProps) {
  const { t, i18n } = useTranslation();
  const { client, ui, guard } = useAppContext();
  const { groupId } = group;
  const isManager = myRole !== "member";
  const { value: list, reload } = useAsync(`announcements-${groupId}`, async () => {
    const found = await client.groups.announcements(groupId);
    await client.roster.ensureProfiles(found.map((one) => one.author));
    return found;
  });
  useLive(["roster"], () => null);
  useEffect(
    () => client.on("group", (event) => event.groupId === groupId && event.type === "announcement-updated" && reload()),
    [client, groupId, reload],
  );
  // Whoever opens the list has read what is in it.
  useEffect(() => {
    if (list?.[0]) confirmAnnouncement(list[0]);
  }, [list]);

  const remove = (one: Announcement) =>
    guard(async () => {
      const isSure = await ui.confirm({
        title: t("announcements.removeTitle"),
        body: one.title,
        confirmLabel: t("common.delete"),
        isDanger: true,
      });
      if (isSure) await client.groups.removeAnnouncement(groupId, one.id);
    });

  return (
    <>
      {isManager ? <NewAnnouncement groupId={groupId} /> : null}
      {!list ? <SkeletonRows count={2} /> : null}
      {list?.length === 0 ? (
        <EmptyState icon={<Megaphone size={28} />} title={t("announcements.emptyTitle")} hint={t("announcements.emptyHint")} />
      ) : null}
      {list?.map((one) => (
        <article key={one.id} className="details-section announcement" data-testid="announcement-item">
          <header className="announcement-head">
            <h3>{one.title}</h3>
            {isManager ? (
              <IconButton
                label={t("announcements.remove", { title: one.title })}
                data-testid="announcement-remove"
                onClick={() => remove(one)}
              >
                <Trash2 size={18} />
              </IconButton>
            ) : null}
          </header>
          <p>{one.content}</p>
          <p className="contact-note">
            {client.roster.nameOf(one.author)} · {formatFull(one.createdAt, i18n.language)}
          </p>
        </article>
      ))}
    </>
  );
}

function NewAnnouncement({ groupId }: { groupId: number }) {
  const { t } = useTranslation();
  const { client, ui, guard } = useAppContext();
  const [title, setTitle] = useState("");
  const [content, setContent] = useState("");
  const isReady = title.trim() !== "" && content.trim() !== "";
  const publish = () =>
    guard(async () => {
      await client.groups.setAnnouncement(groupId, { title: title.trim(), content: content.trim() });
      setTitle("");
      setContent("");
      ui.toast(t("announcements.published"), "success");
    });
  return (
    <form
      className="details-section"
      aria-label={t("group.announce")}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) publish();
      }}
    >
      <Field
        label={t("announcements.title")}
        value={title}
        maxLength={titleLimit}
        data-testid="announcement-title"
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextArea
        label={t("announcements.content")}
        value={content}
        maxLength={contentLimit}
        data-testid="announcement-content"
        onChange={(event) => setContent(event.target.value)}
      />
      <div className="form-end">
        <Button type="submit" tone="primary" disabled={!isReady} data-testid="announcement-publish">
          {t("group.publish")}
        </Button>
      </div>
    </form>
  );
}
