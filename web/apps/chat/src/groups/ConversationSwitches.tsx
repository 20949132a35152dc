import { BellOff, Pin } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAppContext, useLive } from "../client/ClientContext";
import { isQuiet, setQuiet } from "../contacts/quiet";
import { Switch } from "../ui/Switch";

export function ConversationSwitches({ xid }: { xid: number }) {
  const { t } = useTranslation();
  const { client, guard } = useAppContext();
  const conversation = useLive(["conversation", "conversations", "roster"], () => client.conversations.find(xid));
  if (!conversation) return null;
  return (
    <section className="details-section">
      <Switch
        icon={<Pin size={20} aria-hidden />}
        label={t("details.pin")}
        isOn={conversation.isPinned}
        onChange={(isOn) => guard(() => client.conversations.pin(xid, isOn))}
      />
      <Switch
        icon={<BellOff size={20} aria-hidden />}
        label={t("details.mute")}
        isOn={isQuiet(client, xid)}
        onChange={(isOn) => guard(() => setQuiet(client, xid, isOn))}
      />
    </section>
  );
}
