import { useTranslation } from "react-i18next";
import { Select } from "../../ui/Select";
import { Switch } from "../../ui/Switch";
import type { GroupPageProps } from "./groupPages";
import { GroupInfoForm } from "./GroupInfoForm";
import { useGroupSettings, type SwitchName } from "./useGroupSettings";

const switches: readonly SwitchName[] = ["allowMemberInvitation", "allowMemberModify", "historyVisible", "hideMemberInfo", "enableReadAck"];
const approvals = ["0", "1", "2"];
const muteModes = ["0", "1", "2"];
const pushModes = ["0", "1", "2", "3", "4"];

export function GroupSettingsPage({ group, myRole }: GroupPageProps) {
  const { t } = useTranslation();
  const settings = useGroupSettings(group);
  const isManager = myRole !== "member";
  return (
    <>
      {isManager || group.memberModify ? <GroupInfoForm key={group.groupId} group={group} /> : null}
      <section className="details-section" aria-label={t("groupSettings.mine")}>
        <h3>{t("groupSettings.mine")}</h3>
        <Select
          label={t("groupSettings.muteMode")}
          value={String(group.msgMuteMode)}
          options={muteModes.map((id) => ({ id, label: t(`groupSettings.muteMode${id}`) }))}
          testId="group-mute-mode"
          onChange={settings.setMuteMode}
        />
        <Select
          label={t("groupSettings.pushMode")}
          hint={t("groupSettings.pushModeHint")}
          value={String(group.msgPushMode)}
          options={pushModes.map((id) => ({ id, label: t(`groupSettings.pushMode${id}`) }))}
          testId="group-push-mode"
          onChange={settings.setPushMode}
        />
      </section>
      {isManager ? (
        <section className="details-section" aria-label={t("groupSettings.rules")}>
          <h3>{t("groupSettings.rules")}</h3>
          <Select
            label={t("groupSettings.approval")}
            value={String(group.applyApproval)}
            options={approvals.map((id) => ({ id, label: t(`groupSettings.approval${id}`) }))}
            testId="group-approval"
            onChange={settings.setApproval}
          />
          {switches.map((name) => (
            <Switch
              key={name}
              label={t(`groupSettings.${name}`)}
              hint={t(`groupSettings.${name}Hint`)}
              isOn={settings.isOn(name)}
              testId={`group-switch-${name}`}
              onChange={(isOn) => settings.setSwitch(name, isOn)}
            />
          ))}
        </section>
      ) : null}
    </>
  );
}
