import { blake3 } from "@noble/hashes/blake3.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

/** One item of the chain skeleton; digest and link in hex. */
export interface ChainItem {
  mid: number;
  position: number;
  sender: number;
  timestamp: number;
  namespace: number;
  digest: string;
  link: string;
}

export const ZERO_LINK = "00".repeat(32);

/** `link = BLAKE3(previous ‖ mid ‖ sender ‖ timestamp ‖ namespace ‖ digest)`, integers 64-bit big-endian, namespace one byte. */
export function linkOf(previous: string, item: Omit<ChainItem, "link" | "position">): string {
  const integers = new Uint8Array(25);
  const view = new DataView(integers.buffer);
  view.setBigUint64(0, BigInt(item.mid));
  view.setBigUint64(8, BigInt(item.sender));
  view.setBigUint64(16, BigInt(item.timestamp));
  view.setUint8(24, item.namespace);
  return bytesToHex(blake3(concatBytes(hexToBytes(previous), integers, hexToBytes(item.digest))));
}

/** Where a run of items that follow each other breaks; null when it does not. */
export function verifyLinks(previous: string, items: ChainItem[]): ChainItem | null {
  let link = previous;
  for (const item of items) {
    if (linkOf(link, item) !== item.link) return item;
    link = item.link;
  }
  return null;
}
