/** Keeps the last lines of what is added. */
export function createTail(maxBytes: number) {
  let kept = '';
  return {
    add(text: string): void {
      kept += text.endsWith('\n') ? text : `${text}\n`;
      // Cutting at every line would copy the whole tail each time.
      if (kept.length > 2 * maxBytes) kept = lastBytes(kept, maxBytes);
    },
    text: (): string | null => (kept === '' ? null : lastBytes(kept.trimEnd(), maxBytes)),
  };
}

/** The end of a text, from a whole line on unless there is only one. */
export function lastBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const cut = bytes.subarray(bytes.length - maxBytes).toString();
  const lineEnd = cut.indexOf('\n');
  return lineEnd === -1 ? cut : cut.slice(lineEnd + 1);
}
