import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/Button";
import { navigate, type Section } from "./route";

export function PageHeader({ section, title }: { section: Section; title: string }) {
  const { t } = useTranslation();
  return (
    <header className="page-header">
      <IconButton label={t("common.back")} className="only-phone" data-testid="back" onClick={() => navigate(section)}>
        <ArrowLeft size={22} />
      </IconButton>
      <h2>{title}</h2>
    </header>
  );
}
