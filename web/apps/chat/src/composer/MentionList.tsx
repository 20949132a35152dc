import { useTranslation } from "react-i18next";
import { Avatar } from "../ui/Avatar";
import type { Candidate } from "./mentions";

interface MentionListProps {
  id: string;
  candidates: Candidate[];
  active: number;
  onPick(candidate: Candidate): void;
}

export function MentionList({ id, candidates, active, onPick }: MentionListProps) {
  const { t } = useTranslation();
  return (
    <ul id={id} className="mention-list" role="listbox" aria-label={t("composer.mention")} data-testid="mention-list">
      {candidates.map((candidate, index) => (
        <li
          key={candidate.userId}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className="mention-option"
          // The text field keeps the focus, so that typing goes on.
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(candidate);
          }}
        >
          <Avatar id={candidate.userId} name={candidate.userId === 0 ? "@" : candidate.name} size={32} />
          <span className="truncate">{candidate.name}</span>
        </li>
      ))}
    </ul>
  );
}
