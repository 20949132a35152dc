import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppContext } from "../client/ClientContext";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { reportFailures } from "./batch";
import { FriendPicker } from "./FriendPicker";

interface InviteDialogProps {
  groupId: number;
  memberIds: ReadonlySet<number>;
  onClose(): void;
}

export function InviteDialog({ groupId, memberIds, onClose }: InviteDialogProps) {
  const { t } = useTranslation();
  const context = useAppContext();
  const [chosen, setChosen] = useState<number[]>([]);
  const invite = () => {
    onClose();
    context.guard(async () => {
      const results = await context.client.groups.invite(groupId, chosen);
      reportFailures(results, context);
      if (results.every((one) => one.isOk)) context.ui.toast(t("group.invited", { count: chosen.length }), "success");
    });
  };
  return (
    <Dialog
      title={t("group.invite")}
      onClose={onClose}
      testId="group-invite"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button tone="primary" disabled={chosen.length === 0} data-testid="group-invite-submit" onClick={invite}>
            {t("group.invite")}
          </Button>
        </>
      }
    >
      <FriendPicker chosen={chosen} excluded={memberIds} onChange={setChosen} />
    </Dialog>
  );
}
