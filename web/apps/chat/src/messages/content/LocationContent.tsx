import { ExternalLink, MapPin } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@cerulean/sdk";
import { formatCoordinates, mapUrl } from "../location/coordinates";

/** Where something is. No map is fetched: only who follows the link tells the map's server anything. */
export function LocationContent({ message: { attachment, text } }: { message: Message }) {
  const { t } = useTranslation();
  const { latitude, longitude, address = text } = attachment ?? {};
  const hasPlace = latitude !== undefined && longitude !== undefined;
  return (
    <div className="bubble-location" data-testid="message-location">
      <span className="location-mark" aria-hidden>
        <MapPin size={26} />
      </span>
      <span className="file-text">
        <span className="file-name">{address || t("location.place")}</span>
        {hasPlace ? <span className="file-size">{formatCoordinates(latitude, longitude)}</span> : null}
        {hasPlace ? (
          <a className="location-link" href={mapUrl(latitude, longitude)} target="_blank" rel="noopener noreferrer nofollow">
            {t("location.openMap")}
            <ExternalLink size={13} aria-hidden />
          </a>
        ) : null}
      </span>
    </div>
  );
}
