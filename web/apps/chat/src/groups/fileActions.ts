import { Download, Pencil, Trash2 } from "lucide-react";
import type { GroupRole, SharedFile } from "@cerulean/sdk";
import type { AppContext } from "../client/ClientContext";
import type { Action } from "../ui/action";

export interface FileContext extends AppContext {
  myRole: GroupRole;
  reload(): void;
}

const mayChange = (file: SharedFile, { client, myRole }: FileContext) => myRole !== "member" || file.uploader === client.me?.userId;

export const fileActions: readonly Action<SharedFile, FileContext>[] = [
  {
    id: "download-file",
    title: "message.download",
    icon: Download,
    when: (file, { client }) => client.files.urlFor(file.url) !== "",
    run: (file, { client }) => void window.open(client.files.urlFor(file.url), "_blank", "noopener"),
  },
  {
    id: "rename-file",
    title: "files.rename",
    icon: Pencil,
    when: mayChange,
    async run(file, { client, ui, t, reload }) {
      const name = await ui.prompt({
        title: t("files.rename"),
        label: t("files.name"),
        initial: file.name,
        confirmLabel: t("common.save"),
        maxLength: 200,
      });
      if (!name || name === file.name) return;
      await client.groups.files.rename(file.groupId, file.fileId, name);
      reload();
    },
  },
  {
    id: "remove-file",
    title: "files.remove",
    icon: Trash2,
    isDanger: true,
    when: mayChange,
    async run(file, { client, ui, t, reload }) {
      const isSure = await ui.confirm({
        title: t("files.removeTitle", { name: file.name }),
        body: t("files.removeBody"),
        confirmLabel: t("common.delete"),
        isDanger: true,
      });
      if (!isSure) return;
      await client.groups.files.remove(file.groupId, [file.fileId]);
      reload();
    },
  },
];
