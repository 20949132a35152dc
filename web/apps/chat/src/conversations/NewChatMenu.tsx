import { useState } from "react";
import { ScanLine, SquarePen, UserPlus, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ScanDialog } from "../codes/ScanDialog";
import { AddFriendDialog } from "../contacts/AddFriendDialog";
import { CreateGroupDialog } from "../groups/CreateGroupDialog";
import { IconButton } from "../ui/Button";
import { Menu, type MenuPoint } from "../ui/Menu";
import { useUi } from "../ui/UiContext";
import { menuPoint } from "../ui/useActionMenu";

/** Starts something new: a group, or a friend. */
export function NewChatMenu() {
  const { t } = useTranslation();
  const ui = useUi();
  const [at, setAt] = useState<MenuPoint | null>(null);
  return (
    <>
      <IconButton
        label={t("nav.new")}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        data-testid="new-menu"
        onClick={(event) => setAt(menuPoint(event))}
      >
        <SquarePen size={21} />
      </IconButton>
      {at ? (
        <Menu
          label={t("nav.new")}
          at={at}
          onClose={() => setAt(null)}
          entries={[
            {
              id: "create-group",
              title: t("group.create"),
              icon: <UsersRound size={18} aria-hidden />,
              onSelect: () => ui.show((close) => <CreateGroupDialog onClose={close} />),
            },
            {
              id: "add-friend",
              title: t("friend.add"),
              icon: <UserPlus size={18} aria-hidden />,
              onSelect: () => ui.show((close) => <AddFriendDialog onClose={close} />),
            },
            {
              id: "scan-code",
              title: t("code.scan"),
              icon: <ScanLine size={18} aria-hidden />,
              onSelect: () => ui.show((close) => <ScanDialog onClose={close} />),
            },
          ]}
        />
      ) : null}
    </>
  );
}
