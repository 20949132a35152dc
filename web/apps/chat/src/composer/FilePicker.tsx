import { useRef, type ReactNode } from "react";
import { IconButton } from "../ui/Button";

interface FilePickerProps {
  label: string;
  testId: string;
  accept?: string;
  children: ReactNode;
  onFiles(files: File[]): void;
}

export function FilePicker({ label, testId, accept, children, onFiles }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={label} onClick={() => input.current?.click()}>
        {children}
      </IconButton>
      <input
        ref={input}
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
    </>
  );
}
