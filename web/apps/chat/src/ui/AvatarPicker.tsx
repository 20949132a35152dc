import { useRef } from "react";
import { Camera } from "lucide-react";
import { Avatar } from "./Avatar";
import "./AvatarPicker.css";

interface AvatarPickerProps {
  id: number;
  name: string;
  url: string;
  isGroup?: boolean;
  label: string;
  testId: string;
  onPick(image: File): void;
}

/** A picture with a button to choose another. */
export function AvatarPicker({ id, name, url, isGroup, label, testId, onPick }: AvatarPickerProps) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div className="avatar-picker">
      <Avatar id={id} name={name} url={url} size={104} isGroup={isGroup} />
      <button type="button" className="avatar-camera" aria-label={label} title={label} onClick={() => picker.current?.click()}>
        <Camera size={19} aria-hidden />
      </button>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        aria-label={label}
        data-testid={testId}
        onChange={(event) => {
          const image = event.target.files?.[0];
          event.target.value = "";
          if (image) onPick(image);
        }}
      />
    </div>
  );
}
