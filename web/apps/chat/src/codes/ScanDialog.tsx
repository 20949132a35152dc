import { useRef, useState } from "react";
import { Camera, ImageUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { navigate } from "../shell/route";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { parseCode } from "./links";
import { readCode } from "./readCode";
import { useCamera } from "./useCamera";
import "./codes.css";

/** Follows a code: seen by the camera, in a picture, or pasted as a link. */
export function ScanDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  const [isFilming, setFilming] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const hasCamera = typeof navigator.mediaDevices?.getUserMedia === "function";

  const follow = (found: string | null) => {
    const target = found === null ? null : parseCode(found);
    if (!target) return setError(t(found === null ? "code.noneInPicture" : "code.notOurs"));
    onClose();
    if (target.kind === "group") navigate("join", target.code);
    else if (target.kind === "sign-in") navigate("approve", target.code);
    else navigate("contacts", target.userId);
  };
  const { video, isRefused } = useCamera(isFilming, (found) => {
    setFilming(false);
    follow(found);
  });
  const fromPicture = async (picture: File) => follow(await readCode(picture).catch(() => null));

  return (
    <Dialog title={t("code.scan")} size="small" testId="scan-dialog" onClose={onClose}>
      <form
        className="scan"
        onSubmit={(event) => {
          event.preventDefault();
          follow(text);
        }}
      >
        {isFilming ? <video ref={video} className="scan-video" muted playsInline aria-label={t("code.camera")} /> : null}
        <Field label={t("code.paste")} value={text} error={error} data-testid="scan-text" onChange={(event) => setText(event.target.value)} />
        <Button type="submit" tone="primary" isWide disabled={text.trim() === ""} data-testid="scan-open">
          {t("code.open")}
        </Button>
        <input
          ref={picker}
          type="file"
          accept="image/*"
          hidden
          aria-label={t("code.fromPicture")}
          data-testid="scan-picture"
          onChange={(event) => {
            const picture = event.target.files?.[0];
            event.target.value = "";
            setError("");
            if (picture) void fromPicture(picture);
          }}
        />
        <Button isWide icon={<ImageUp size={18} aria-hidden />} onClick={() => picker.current?.click()}>
          {t("code.fromPicture")}
        </Button>
        {hasCamera && !isFilming ? (
          <Button isWide icon={<Camera size={18} aria-hidden />} data-testid="scan-camera" onClick={() => setFilming(true)}>
            {t("code.camera")}
          </Button>
        ) : null}
        {isRefused ? (
          <p className="notice notice-warning" role="alert">
            {t("code.cameraRefused")}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
