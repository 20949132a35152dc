import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAppContext } from "../client/ClientContext";
import { errorText } from "../client/errorText";
import { navigate } from "../shell/route";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { FriendPicker } from "./FriendPicker";

const namedMembers = 3;

export function CreateGroupDialog({ onClose }: { onClose(): void }) {
  const { t, i18n } = useTranslation();
  const { client } = useAppContext();
  const [name, setName] = useState("");
  const [members, setMembers] = useState<number[]>([]);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);

  const suggestion = new Intl.ListFormat(i18n.language, { type: "conjunction", style: "narrow" }).format(
    [client.me?.displayName ?? "", ...members.slice(0, namedMembers).map((id) => client.roster.nameOf(id))].filter(Boolean),
  );

  const create = async () => {
    setBusy(true);
    setError("");
    try {
      const group = await client.groups.create({ name: name.trim() || suggestion, members });
      onClose();
      navigate("chats", group.groupId);
    } catch (failure) {
      setError(errorText(failure, t));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={t("group.create")}
      onClose={onClose}
      testId="group-create"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            tone="primary"
            isBusy={isBusy}
            disabled={members.length === 0}
            data-testid="group-create-submit"
            onClick={() => void create()}
          >
            {t("group.createWith", { count: members.length })}
          </Button>
        </>
      }
    >
      <Field
        label={t("group.name")}
        value={name}
        maxLength={64}
        placeholder={members.length > 0 ? suggestion : t("group.namePlaceholder")}
        data-testid="group-name"
        onChange={(event) => setName(event.target.value)}
      />
      <p className="dialog-label">{t("group.pickFriends")}</p>
      <FriendPicker chosen={members} onChange={setMembers} />
      {error ? (
        <p className="field-error" role="alert">
          {error}
        </p>
      ) : null}
    </Dialog>
  );
}
