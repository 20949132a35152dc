import type { Message } from "@cerulean/sdk";

/** The messages inside a record in the form that content views draw. They belong to no conversation here. */
export function recordMessages({ localId, xid, merged }: Message): Message[] {
  return (merged?.items ?? []).map((item, index) => ({
    localId: `${localId}/${index}`,
    mid: index + 1,
    xid,
    from: item.from,
    timestamp: item.timestamp,
    kind: item.kind,
    text: item.text,
    status: "delivered",
    isMine: false,
    isSystem: false,
    isPlayed: true,
    ...(item.attachment ? { attachment: item.attachment } : {}),
  }));
}
