import { Copy, Layers, Share, Trash2 } from "lucide-react";
import type { Message } from "@cerulean/sdk";
import type { AppContext } from "../../client/ClientContext";
import { messagePreview } from "../../conversations/preview";
import type { Action } from "../../ui/action";
import { copyText } from "../clipboard";

export interface SelectionContext extends AppContext {
  forward(messages: Message[], isMerged: boolean): void;
  nameOf(userId: number): string;
  end(): void;
}

export const selectionActions: readonly Action<Message[], SelectionContext>[] = [
  {
    id: "forward-selected",
    title: "message.forwardEach",
    icon: Share,
    when: () => true,
    run: (messages, { forward }) => forward(messages, false),
  },
  {
    id: "forward-merged",
    title: "message.forwardMerged",
    icon: Layers,
    when: () => true,
    run: (messages, { forward }) => forward(messages, true),
  },
  {
    id: "copy-selected",
    title: "message.copy",
    icon: Copy,
    when: () => true,
    async run(messages, { nameOf, ui, t, end }) {
      const lines = messages.map((one) => `${nameOf(one.from)}: ${messagePreview(one.kind, one.text || (one.attachment?.name ?? ""), t)}`);
      await copyText(lines.join("\n"));
      ui.toast(t("message.copied"), "success");
      end();
    },
  },
  {
    id: "delete-selected",
    title: "message.deleteForMe",
    icon: Trash2,
    isDanger: true,
    when: () => true,
    async run(messages, { client, ui, t, end }) {
      const isSure = await ui.confirm({
        title: t("message.deleteSelectedTitle", { count: messages.length }),
        body: t("message.deleteBody"),
        confirmLabel: t("common.delete"),
        isDanger: true,
      });
      if (!isSure) return;
      end();
      for (const one of messages) await client.messages.deleteForMe(one.xid, one.mid);
    },
  },
];
