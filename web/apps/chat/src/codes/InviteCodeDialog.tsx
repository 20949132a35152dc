import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Group } from "@cerulean/sdk";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { useAsync } from "../client/useAsync";
import { groupName } from "../groups/groupName";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SkeletonRows } from "../ui/Skeleton";
import { CodeDialog } from "./CodeDialog";
import { groupLink } from "./links";

/** A code that brings whoever scans it into the group, with its end. */
export function InviteCodeDialog({ group, onClose }: { group: Group; onClose(): void }) {
  const { t, i18n } = useTranslation();
  const { client } = useAppContext();
  const { value: code, error, reload } = useAsync(group.groupId, () => client.groups.codes.sign(group.groupId));
  if (!code) {
    return (
      <Dialog title={t("code.invite")} size="small" onClose={onClose}>
        {error ? (
          <p className="notice notice-danger" role="alert">
            {errorText(error, t)}
          </p>
        ) : (
          <SkeletonRows count={3} />
        )}
      </Dialog>
    );
  }
  const until = new Intl.DateTimeFormat(i18n.language, { dateStyle: "long", timeStyle: "short" }).format(code.expiresAt);
  return (
    <CodeDialog
      title={t("code.invite")}
      link={groupLink(code.text)}
      label={t("code.groupLabel", { name: groupName(group) })}
      note={t("code.until", { name: groupName(group), time: until })}
      footer={
        <Button icon={<RefreshCw size={18} aria-hidden />} onClick={reload}>
          {t("code.renew")}
        </Button>
      }
      onClose={onClose}
    />
  );
}
