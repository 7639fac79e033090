/**
 * Text that people type and others read. Control characters (Cc) go, and those that turn the direction of what stands around them
 * (Unicode TR 36, section 2.10) or that no font shows; what joins letters and emoji stays. Lone surrogates become U+FFFD.
 */
const UNSEEN = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** For names and titles: one line without space around it; empty where nothing of it could be seen. */
export function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/ *[\t\n\v\f\r\u0085\u2028\u2029]\s*/g, ' ')
    .replace(UNSEEN, '')
    .trim();
  return /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{C}]/u.test(line) ? line : '';
}

/** For descriptions: lines end with "\n" alone, as they are stored. */
export function manyLines(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(UNSEEN, '');
}
