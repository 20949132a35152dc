import { useRef, useState, type KeyboardEvent } from "react";
import {
  chosenMentions,
  findMentionQuery,
  insertMention,
  matchCandidates,
  type Candidate,
  type ChosenMentions,
  type MentionQuery,
} from "./mentions";

interface MentionsInput {
  text: string;
  /** Absent where nobody can be mentioned. */
  loadCandidates: (() => Promise<Candidate[]>) | undefined;
  onInsert(text: string, caret: number): void;
}

/** Suggests members while a name is typed after "@". */
export function useMentions({ text, loadCandidates, onInsert }: MentionsInput) {
  const [candidates, setCandidates] = useState<Candidate[]>([]);
  const [open, setOpen] = useState<(MentionQuery & { caret: number }) | null>(null);
  const [active, setActive] = useState(0);
  const picked = useRef<Candidate[]>([]);
  const shown = open ? matchCandidates(candidates, open.query) : [];

  const track = (next: string, caret: number) => {
    if (!loadCandidates) return;
    const query = findMentionQuery(next, caret);
    setActive(0);
    setOpen(query ? { ...query, caret } : null);
    // Without the list there are no suggestions; the text can be written all the same.
    if (query && !open) void loadCandidates().then(setCandidates, () => undefined);
  };

  const pick = (candidate: Candidate) => {
    if (!open) return;
    picked.current = [...picked.current, candidate];
    const result = insertMention(text, open.caret, open, candidate.name);
    setOpen(null);
    onInsert(result.text, result.caret);
  };

  /** True when the key was used up here. */
  const handleKey = (event: KeyboardEvent): boolean => {
    const candidate = shown[active];
    if (!candidate) return false;
    if (event.key === "ArrowDown") setActive((active + 1) % shown.length);
    else if (event.key === "ArrowUp") setActive((active - 1 + shown.length) % shown.length);
    else if (event.key === "Enter" || event.key === "Tab") pick(candidate);
    else if (event.key === "Escape") setOpen(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  const take = (sent: string): ChosenMentions | undefined => {
    const chosen = chosenMentions(sent, picked.current);
    picked.current = [];
    setOpen(null);
    return chosen;
  };

  return { shown, active, track, pick, handleKey, take, close: () => setOpen(null) };
}
