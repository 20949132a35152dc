import { useEffect, useRef, type ReactNode } from "react";
import { ArrowLeft, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/Button";
import { SkeletonRows } from "../ui/Skeleton";
import { GroupDetails } from "./GroupDetails";
import { groupPages } from "./pages/groupPages";
import { useGroupDetails } from "./useGroupDetails";

interface GroupPanelProps {
  groupId: number;
  page: string | null;
  onPage(id: string | null): void;
  onClose(): void;
  children: ReactNode;
}

/** The details of a group, or one of the pages that open from them. */
export function GroupPanel({ groupId, page, onPage, onClose, children }: GroupPanelProps) {
  const { t } = useTranslation();
  const view = useGroupDetails(groupId);
  const { group, myRole } = view;
  const open = groupPages.find((one) => one.id === page && one.when(myRole));
  const back = useRef<HTMLButtonElement>(null);
  const openId = open?.id;
  // The button that led here is gone; without this the keyboard would start from the top of the page.
  useEffect(() => {
    if (openId) back.current?.focus();
  }, [openId]);
  return (
    <>
      <header className="details-header">
        {open ? (
          <IconButton ref={back} label={t("common.back")} data-testid="details-back" onClick={() => onPage(null)}>
            <ArrowLeft size={22} />
          </IconButton>
        ) : (
          <IconButton label={t("common.close")} data-testid="details-close" onClick={onClose}>
            <X size={22} />
          </IconButton>
        )}
        <h2>{t(open ? open.title : "details.group")}</h2>
      </header>
      <div className="details-scroll">
        {!group ? <SkeletonRows count={4} /> : null}
        {group && open ? <open.Page group={group} myRole={myRole} /> : null}
        {group && !open ? (
          <GroupDetails view={view} group={group} onOpenPage={onPage}>
            {children}
          </GroupDetails>
        ) : null}
      </div>
    </>
  );
}
