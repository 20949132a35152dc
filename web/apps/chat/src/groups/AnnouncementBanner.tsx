import { Megaphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { RichText } from "../messages/RichText";
import { Button } from "../ui/Button";
import { useNews } from "./useNews";
import "./AnnouncementBanner.css";

/** What everybody in the group should know, above its messages until it was read. */
export function AnnouncementBanner({ groupId }: { groupId: number }) {
  const { t } = useTranslation();
  const { news, confirmNews } = useNews(groupId);
  if (!news) return null;
  return (
    <section className="announcement-banner" aria-label={t("group.announcement")} data-testid="announcement-banner">
      <Megaphone size={18} aria-hidden />
      <div className="announcement-banner-text" role="status">
        <b>{news.title}</b>
        <p dir="auto">
          <RichText text={news.content} />
        </p>
      </div>
      <Button data-testid="announcement-confirm" onClick={confirmNews}>
        {t("announcements.confirm")}
      </Button>
    </section>
  );
}
