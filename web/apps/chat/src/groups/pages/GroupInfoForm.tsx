import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Group } from "@cerulean/sdk";
import { useAppContext } from "../../client/ClientContext";
import { AvatarPicker } from "../../ui/AvatarPicker";
import { Button } from "../../ui/Button";
import { Field, TextArea } from "../../ui/Field";
import { groupName } from "../groupName";

/** Picture, name and description. */
export function GroupInfoForm({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { client, ui, guard } = useAppContext();
  const { groupId } = group;
  const [typed, setTyped] = useState<{ name?: string; description?: string }>({});
  const name = typed.name ?? group.name;
  const description = typed.description ?? group.description;
  const isChanged = (name !== group.name || description !== group.description) && (name.trim() !== "" || group.name === "");

  const save = () =>
    guard(async () => {
      if (name.trim() !== group.name) await client.groups.rename(groupId, name.trim());
      if (description.trim() !== group.description) await client.groups.setDescription(groupId, description.trim());
      setTyped({});
      ui.toast(t("account.saved"), "success");
    });

  return (
    <form
      className="details-section"
      aria-label={t("groupSettings.info")}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) save();
      }}
    >
      <AvatarPicker
        id={groupId}
        name={groupName(group)}
        url={client.files.avatarFor(group.avatar)}
        isGroup
        label={t("groupSettings.changeAvatar")}
        testId="group-avatar-input"
        onPick={(image) =>
          guard(async () => {
            await client.groups.setAvatar(groupId, image);
            ui.toast(t("account.avatarChanged"), "success");
          })
        }
      />
      <Field
        label={t("group.name")}
        value={name}
        maxLength={64}
        data-testid="group-info-name"
        onChange={(event) => setTyped({ ...typed, name: event.target.value })}
      />
      <TextArea
        label={t("groupSettings.description")}
        value={description}
        maxLength={300}
        data-testid="group-info-description"
        onChange={(event) => setTyped({ ...typed, description: event.target.value })}
      />
      <div className="form-end">
        <Button type="submit" tone="primary" disabled={!isChanged} data-testid="group-info-save">
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}
