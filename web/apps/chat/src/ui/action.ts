import type { LucideIcon } from "lucide-react";
import type { MenuEntry } from "./Menu";

/**
 * One thing that may be done with a subject (user, group, conversation, message).
 * The same list stands behind buttons, menus and shortcuts.
 */
export interface Action<Subject, Context> {
  id: string;
  /** Key of the title in the locale files. */
  title: string;
  icon: LucideIcon;
  isDanger?: boolean;
  when(subject: Subject, context: Context): boolean;
  run(subject: Subject, context: Context): void | Promise<void>;
}

export function allowedActions<S, C>(actions: readonly Action<S, C>[], subject: S, context: C): Action<S, C>[] {
  return actions.filter((action) => action.when(subject, context));
}

export type RunAction = (run: () => void | Promise<void>) => void;

export interface ActionEntrySource<S, C> {
  actions: readonly Action<S, C>[];
  subject: S;
  context: C;
  translate(key: string): string;
  guard: RunAction;
  renderIcon(icon: LucideIcon): MenuEntry["icon"];
}

export function menuEntries<S, C>({ actions, subject, context, translate, guard, renderIcon }: ActionEntrySource<S, C>): MenuEntry[] {
  return allowedActions(actions, subject, context).map((action) => ({
    id: action.id,
    title: translate(action.title),
    icon: renderIcon(action.icon),
    isDanger: action.isDanger ?? false,
    onSelect: () => guard(() => action.run(subject, context)),
  }));
}
