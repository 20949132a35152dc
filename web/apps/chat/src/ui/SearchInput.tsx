import { Search } from "lucide-react";
import "./Field.css";

interface SearchInputProps {
  label: string;
  value: string;
  onChange(value: string): void;
  onEnter?: () => void;
  /** The arrow that leads from the field to what was found. */
  onDown?: () => void;
  autoFocus?: boolean;
  testId?: string;
}

export function SearchInput({ label, value, onChange, onEnter, onDown, autoFocus, testId }: SearchInputProps) {
  return (
    <div className="search" role="search">
      <Search size={18} aria-hidden />
      <input
        className="search-input"
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        autoFocus={autoFocus}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) onEnter?.();
          if (event.key === "ArrowDown" && onDown && !event.nativeEvent.isComposing) {
            event.preventDefault();
            onDown();
          }
          if (event.key === "Escape" && value) {
            event.stopPropagation();
            onChange("");
          }
        }}
      />
    </div>
  );
}
