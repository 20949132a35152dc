import { FileStack, Megaphone, Settings2, UserX, type LucideIcon } from "lucide-react";
import type { Group, GroupRole } from "@cerulean/sdk";
import type { ComponentType } from "react";
import { AnnouncementsPage } from "./AnnouncementsPage";
import { BlockedPage } from "./BlockedPage";
import { GroupSettingsPage } from "./GroupSettingsPage";
import { SharedFilesPage } from "./SharedFilesPage";

export interface GroupPageProps {
  group: Group;
  myRole: GroupRole;
}

interface GroupPage {
  id: string;
  title: string;
  icon: LucideIcon;
  when(role: GroupRole): boolean;
  Page: ComponentType<GroupPageProps>;
}

/** What opens from the details of a group. */
export const groupPages: readonly GroupPage[] = [
  { id: "announcements", title: "groupPage.announcements", icon: Megaphone, when: () => true, Page: AnnouncementsPage },
  { id: "files", title: "groupPage.files", icon: FileStack, when: () => true, Page: SharedFilesPage },
  { id: "settings", title: "groupPage.settings", icon: Settings2, when: () => true, Page: GroupSettingsPage },
  { id: "blocked", title: "groupPage.blocked", icon: UserX, when: (role) => role !== "member", Page: BlockedPage },
];
