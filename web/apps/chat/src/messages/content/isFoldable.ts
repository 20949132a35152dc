const longText = 3000;
const manyLines = 40;

/** Whether a text would push everything else off the screen. */
export function isFoldable(text: string): boolean {
  return text.length > longText || text.split("\n", manyLines + 1).length > manyLines;
}
