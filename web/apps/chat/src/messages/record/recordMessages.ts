import type { Message } from "@cerulean/sdk";
import type { TFunction } from "i18next";
import { messagePreview } from "../../conversations/preview";

/** The messages inside a record in the form that content views draw. They belong to no conversation here. */
export function recordMessages({ localId, xid, merged }: Message, t: TFunction): Message[] {
  return (merged?.items ?? []).map((item, index) => ({
    localId: `${localId}/${index}`,
    mid: index + 1,
    xid,
    from: item.from,
    timestamp: item.timestamp,
    kind: item.kind,
    text: item.attachment ? item.text : messagePreview(item.kind, item.text, t),
    status: "delivered",
    isMine: false,
    isSystem: false,
    isPlayed: true,
    ...(item.attachment ? { attachment: item.attachment } : {}),
  }));
}
