import { useRef, useState } from "react";
import { Ellipsis, FileStack, FileText, Upload } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { SharedFile } from "@cerulean/sdk";
import { useAppContext, useLive } from "../../client/ClientContext";
import { useAsync } from "../../client/useAsync";
import { formatListTime, formatSize } from "../../messages/time";
import { Button, IconButton } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { SkeletonRows } from "../../ui/Skeleton";
import { menuPoint, useActionMenu } from "../../ui/useActionMenu";
import { fileActions, type FileContext } from "../fileActions";
import type { GroupPageProps } from "./groupPages";

export function SharedFilesPage({ group, myRole }: GroupPageProps) {
  const { t, i18n } = useTranslation();
  const context = useAppContext();
  const { client, guard, ui } = context;
  const { groupId } = group;
  const [progress, setProgress] = useState<number | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const { value: files, reload } = useAsync(`files-${groupId}`, async () => {
    const found = await client.groups.files.list(groupId);
    await client.roster.ensureProfiles(found.map((one) => one.uploader));
    return found;
  });
  useLive(["roster"], () => null);
  const fileContext: FileContext = { ...context, myRole, reload };
  const { menu, show } = useActionMenu(fileActions, fileContext);

  const share = (chosen: File[]) =>
    guard(async () => {
      try {
        for (const file of chosen) await client.groups.files.share(groupId, file, { name: file.name, onProgress: setProgress });
        ui.toast(t("files.shared", { count: chosen.length }), "success");
      } finally {
        setProgress(null);
        reload();
      }
    });

  const note = (file: SharedFile) =>
    [formatSize(file.size), client.roster.nameOf(file.uploader), formatListTime(file.createdAt, i18n.language, t)].join(" · ");

  return (
    <>
      <section className="details-section">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={t("files.share")}
          data-testid="shared-file-input"
          onChange={(event) => {
            const chosen = [...(event.target.files ?? [])];
            event.target.value = "";
            if (chosen.length > 0) share(chosen);
          }}
        />
        <Button
          isWide
          icon={<Upload size={18} aria-hidden />}
          isBusy={progress !== null}
          data-testid="shared-file-add"
          onClick={() => picker.current?.click()}
        >
          {progress === null ? t("files.share") : t("message.uploading", { percent: Math.round(progress * 100) })}
        </Button>
      </section>
      {!files ? <SkeletonRows count={3} /> : null}
      {files?.length === 0 ? (
        <EmptyState icon={<FileStack size={28} />} title={t("files.emptyTitle")} hint={t("files.emptyHint")} />
      ) : null}
      {files && files.length > 0 ? (
        <section className="details-section" aria-label={t("groupPage.files")}>
          <ul>
            {files.map((file) => (
              <li key={file.fileId} className="member-row" data-testid="shared-file">
                <span className="contact-icon" aria-hidden>
                  <FileText size={20} />
                </span>
                <a className="shared-file-link" href={client.files.urlFor(file.url) || undefined} download={file.name} target="_blank" rel="noreferrer">
                  <span className="conversation-title truncate">{file.name}</span>
                  <span className="contact-note truncate">{note(file)}</span>
                </a>
                <IconButton
                  label={t("files.actions", { name: file.name })}
                  aria-haspopup="menu"
                  data-testid="shared-file-menu"
                  onClick={(event) => show(menuPoint(event), file.name, file)}
                >
                  <Ellipsis size={20} />
                </IconButton>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {menu}
    </>
  );
}
