import { Copy, Download, ListChecks, Pencil, RefreshCw, Reply, Share, Trash2, Undo2, X } from "lucide-react";
import type { Message } from "@cerulean/sdk";
import type { AppContext } from "../client/ClientContext";
import type { Action } from "../ui/action";
import { copyText } from "./clipboard";

export interface MessageContext extends AppContext {
  reply(message: Message): void;
  edit(message: Message): void;
  forward(message: Message): void;
  select(message: Message): void;
}

const isStored = (message: Message) => message.mid > 0 && !message.isSystem;

export const messageActions: readonly Action<Message, MessageContext>[] = [
  {
    id: "retry",
    title: "message.retry",
    icon: RefreshCw,
    when: (message) => message.status === "failed",
    run: (message, { client }) => client.messages.retry(message.localId),
  },
  {
    id: "reply",
    title: "message.reply",
    icon: Reply,
    when: isStored,
    run: (message, { reply }) => reply(message),
  },
  {
    id: "copy",
    title: "message.copy",
    icon: Copy,
    when: (message) => message.kind === "text" && (!message.isSystem || message.xid === 0) && !message.merged,
    async run(message, { ui, t }) {
      await copyText(message.text);
      ui.toast(t("message.copied"), "success");
    },
  },
  {
    id: "edit",
    title: "message.edit",
    icon: Pencil,
    when: (message) => isStored(message) && message.isMine && message.kind === "text" && !message.merged,
    run: (message, { edit }) => edit(message),
  },
  {
    id: "forward",
    title: "message.forward",
    icon: Share,
    when: isStored,
    run: (message, { forward }) => forward(message),
  },
  {
    id: "select",
    title: "message.select",
    icon: ListChecks,
    when: isStored,
    run: (message, { select }) => select(message),
  },
  {
    id: "download",
    title: "message.download",
    icon: Download,
    when: (message, { client }) => isStored(message) && client.files.urlFor(message.attachment?.url ?? "") !== "",
    run(message, { client }) {
      const { attachment } = message;
      if (attachment) downloadFile(client.files.urlFor(attachment.url), attachment.name);
    },
  },
  {
    id: "recall",
    title: "message.recall",
    icon: Undo2,
    when: (message) => isStored(message) && message.isMine,
    run: (message, { client }) => client.messages.recall(message.xid, message.mid),
  },
  {
    id: "delete-for-me",
    title: "message.deleteForMe",
    icon: Trash2,
    isDanger: true,
    when: isStored,
    async run(message, { client, ui, t }) {
      const isSure = await ui.confirm({
        title: t("message.deleteTitle"),
        body: t("message.deleteBody"),
        confirmLabel: t("common.delete"),
        isDanger: true,
      });
      if (isSure) await client.messages.deleteForMe(message.xid, message.mid);
    },
  },
  {
    id: "discard",
    title: "message.discard",
    icon: X,
    isDanger: true,
    when: (message) => message.mid === 0 && (message.status !== "sending" || message.attachment !== undefined),
    run: (message, { client }) => client.messages.discard(message.localId),
  },
];

export function downloadFile(url: string, name: string): void {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.rel = "noopener";
  anchor.click();
}
