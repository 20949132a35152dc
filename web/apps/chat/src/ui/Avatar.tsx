import { useState } from "react";
import { Megaphone } from "lucide-react";
import { initials, toneOf } from "./initials";
import "./Avatar.css";

interface AvatarProps {
  id: string | number;
  name: string;
  url?: string | undefined;
  size?: number;
  isOnline?: boolean | undefined;
  isGroup?: boolean | undefined;
  /** What speaks is the system itself. */
  isSystem?: boolean | undefined;
}

/** Decorative: the name always stands beside it in text. */
export function Avatar({ id, name, url, size = 48, isOnline, isGroup, isSystem }: AvatarProps) {
  const [brokenUrl, setBrokenUrl] = useState<string>();
  const hasPicture = !!url && url !== brokenUrl;
  return (
    <span
      className={`avatar avatar-tone-${toneOf(id)} ${isGroup ? "avatar-group" : ""}`}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.38) }}
      aria-hidden
    >
      {hasPicture ? (
        <img src={url} alt="" draggable={false} onError={() => setBrokenUrl(url)} />
      ) : isSystem ? (
        <Megaphone size={Math.round(size * 0.5)} />
      ) : (
        <span className="avatar-initials" data-initials={initials(name)} />
      )}
      {isOnline ? <span className="avatar-online" /> : null}
    </span>
  );
}
