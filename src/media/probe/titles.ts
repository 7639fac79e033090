/** Longest title made of a file name, in UTF-16 code units. */
const LONGEST = 200;
const UNTITLED = 'Untitled video';
/**
 * Control characters (Cc), and those that turn the direction of text around or hide in it (Unicode TR 36, section 2.10). What
 * joins letters and emoji (U+200C, U+200D) stays: without it a family comes apart.
 */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/**
 * A readable title from a file's name: no folder, no extension, dots and underscores that stand for spaces made spaces.
 * NFC, at most 200 long, never empty.
 */
export function titleFromFilename(filename: string): string {
  const base = (filename.split(/[/\\]/).at(-1) ?? '').toWellFormed().normalize('NFC').replace(UNSEEN, '');
  const stem = base.replace(/(?!^)\.[a-z0-9]{1,5}$/i, '');
  const spaced = /\s/.test(stem) ? stem.replaceAll('_', ' ') : stem.replaceAll('_', ' ').replace(/\.(?!\s)/g, ' ');
  const title = clip(spaced.replace(/\s+/g, ' ').trim());
  return /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(title) ? title : UNTITLED;
}

/** Text from a file's metadata, fit to show: control characters out, spaces collapsed; null when nothing is left. */
export function cleanText(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const spaced = text.replace(/[\t\n\v\f\r]/g, ' ');
  const clean = spaced.toWellFormed().normalize('NFC').replace(UNSEEN, '').replace(/\s+/g, ' ').trim();
  return clean === '' ? null : clip(clean);
}

/** Cuts at a whole character. */
function clip(text: string): string {
  if (text.length <= LONGEST) return text;
  const cut = text.slice(0, LONGEST);
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).trim();
}
