import type { Group, GroupSettingsPatch } from "@cerulean/sdk";
import { useAppContext } from "../../client/ClientContext";

export type SwitchName = Exclude<keyof GroupSettingsPatch, "applyApproval">;

const fields: Record<SwitchName, keyof Group> = {
  allowMemberInvitation: "memberInvite",
  allowMemberModify: "memberModify",
  historyVisible: "historyVisible",
  hideMemberInfo: "hideMemberInfo",
  enableReadAck: "readAck",
};

/** Each change is sent at once; what is shown is what the server has confirmed. */
export function useGroupSettings(group: Group) {
  const { client, guard } = useAppContext();
  const { groupId } = group;
  const { groups } = client;
  return {
    isOn: (name: SwitchName) => group[fields[name]] === true,
    setSwitch: (name: SwitchName, isOn: boolean) => guard(() => groups.updateSettings(groupId, { [name]: isOn })),
    setApproval: (value: string) => guard(() => groups.updateSettings(groupId, { applyApproval: Number(value) })),
    setMuteMode: (value: string) => guard(() => groups.setMuteMode(groupId, Number(value))),
    setPushMode: (value: string) => guard(() => groups.setPushMode(groupId, Number(value))),
  };
}
