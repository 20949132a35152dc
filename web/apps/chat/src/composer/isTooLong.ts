/** The server refuses longer texts. */
const limitBytes = 64 * 1024;

/** A character takes up to three bytes per UTF-16 unit, so short texts need no counting. */
export function isTooLong(text: string): boolean {
  return text.length * 3 > limitBytes && new TextEncoder().encode(text).length > limitBytes;
}
