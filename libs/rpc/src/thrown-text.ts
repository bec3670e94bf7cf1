/** The text of anything that was thrown, also of what has none: a message that is no text, an object that cannot become one. */
export function thrownText(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something was thrown that has no text';
  }
}
