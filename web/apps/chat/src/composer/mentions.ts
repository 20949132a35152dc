export interface Candidate {
  /** 0 stands for everyone. */
  userId: number;
  name: string;
}

export interface MentionQuery {
  /** Where the "@" stands. */
  start: number;
  query: string;
}

export interface ChosenMentions {
  all: boolean;
  userIds: number[];
}

const openMention = /(?:^|[\s\p{Script=Han}，。！？])@([^\s@]{0,24})$/u;
const shownCandidates = 8;

/** The name being typed after "@" just before the cursor, if any. */
export function findMentionQuery(text: string, caret: number): MentionQuery | null {
  const query = openMention.exec(text.slice(0, caret))?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, query };
}

export function matchCandidates(candidates: readonly Candidate[], query: string): Candidate[] {
  const wanted = query.toLocaleLowerCase();
  return candidates.filter((one) => one.name.toLocaleLowerCase().includes(wanted)).slice(0, shownCandidates);
}

export function insertMention(text: string, caret: number, { start }: MentionQuery, name: string): { text: string; caret: number } {
  const inserted = `@${name} `;
  return { text: text.slice(0, start) + inserted + text.slice(caret), caret: start + inserted.length };
}

/** Those of the picked whose "@name" is still in the text when it is sent. */
export function chosenMentions(text: string, picked: readonly Candidate[]): ChosenMentions | undefined {
  const present = picked.filter((one) => text.includes(`@${one.name}`));
  if (present.length === 0) return undefined;
  return { all: present.some((one) => one.userId === 0), userIds: [...new Set(present.map((one) => one.userId).filter((id) => id > 0))] };
}
