import { useRef, useState } from "react";
import { ImagePlus, MapPin, Paperclip, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/Button";
import { Menu, type MenuPoint } from "../ui/Menu";

interface AttachMenuProps {
  onFiles(files: File[]): void;
  onPlace(): void;
}

/** Everything that can be sent besides text. */
export function AttachMenu({ onFiles, onPlace }: AttachMenuProps) {
  const { t } = useTranslation();
  const [at, setAt] = useState<MenuPoint | null>(null);
  const images = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const entries = [
    { id: "attach-image", title: t("composer.attachImage"), icon: <ImagePlus size={18} aria-hidden />, onSelect: () => images.current?.click() },
    { id: "attach-file", title: t("composer.attachFile"), icon: <Paperclip size={18} aria-hidden />, onSelect: () => files.current?.click() },
    { id: "attach-place", title: t("location.title"), icon: <MapPin size={18} aria-hidden />, onSelect: onPlace },
  ];
  const inputs = [
    { ref: images, testId: "image-input", accept: "image/*,video/*", label: t("composer.attachImage") },
    { ref: files, testId: "file-input", accept: undefined, label: t("composer.attachFile") },
  ];
  return (
    <>
      <IconButton
        label={t("composer.attach")}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        data-testid="attach-menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt({ x: box.left, y: box.top });
        }}
      >
        <Plus size={23} />
      </IconButton>
      {inputs.map(({ ref, testId, accept, label }) => (
        <input
          key={testId}
          ref={ref}
          type="file"
          multiple
          hidden
          accept={accept}
          tabIndex={-1}
          aria-label={label}
          data-testid={testId}
          onChange={(event) => {
            onFiles([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      ))}
      {at ? <Menu label={t("composer.attach")} entries={entries} at={at} onClose={() => setAt(null)} /> : null}
    </>
  );
}
