import { type Cue, readTime } from './cues.ts';
import { alignmentIn, settingsOfAlignment, srtText } from './text.ts';

/** ASS and SSA (Advanced SubStation Alpha): kept as they are for clients that draw them, and as plain cues for all others. */

const DEFAULT_FORMAT = 'Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text';

export function isAss(text: string): boolean {
  return /^\uFEFF?\s*\[(?:Script Info|V4\+? Styles|Events)\]/i.test(text.slice(0, 2000));
}

/** The dialogue as cues: text, bold, italics, underline and place; no drawings, no karaoke, no comments. */
export function parseAss(text: string): Cue[] {
  const styles = new Map<string, number>();
  const cues: Cue[] = [];
  const seen = new Set<string>();
  let section = '';
  let format: string[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n?|\n/)) {
    const heading = /^\s*\[(.+?)\]\s*$/.exec(line);
    if (heading) {
      section = heading[1]!.toLowerCase();
      format = section === 'events' ? fieldsOf(DEFAULT_FORMAT) : [];
      continue;
    }
    const [, key = '', value = ''] = /^\s*([A-Za-z]+)\s*:\s?(.*)$/.exec(line) ?? [];
    if (key === 'Format') format = fieldsOf(value);
    else if (key === 'Style' && section.includes('styles')) noteStyle(styles, format, value, section);
    else if (key === 'Dialogue' && section === 'events') {
      const cue = readDialogue(styles, format, value);
      // Effects are drawn by many copies of the same line at the same time.
      const print = cue && `${cue.startMs} ${cue.endMs} ${cue.text}`;
      if (!cue || !print || seen.has(print)) continue;
      seen.add(print);
      cues.push(cue);
    }
  }
  return cues;
}

/** The same file with all its times moved, by whole centiseconds as that is how they are written; none falls below zero. */
export function shiftAss(text: string, byMs: number): string {
  if (Math.abs(byMs) < 5) return text;
  return text.replace(
    /^((?:Dialogue|Comment):[^,\n]*,)(\d+:\d\d:\d\d\.\d\d),(\d+:\d\d:\d\d\.\d\d),/gm,
    (_, head: string, start: string, end: string) =>
      `${head}${assTime((readTime(start) ?? 0) + byMs)},${assTime((readTime(end) ?? 0) + byMs)},`,
  );
}

const fieldsOf = (format: string) => format.split(',').map((field) => field.trim().toLowerCase());

function noteStyle(styles: Map<string, number>, format: string[], value: string, section: string): void {
  const values = value.split(',');
  const name = values[format.indexOf('name')]?.trim();
  const alignment = Number(values[format.indexOf('alignment')]);
  if (!name || !Number.isInteger(alignment)) return;
  // SSA (v4, without the plus) counts otherwise.
  styles.set(name.replace(/^\*/, ''), section.includes('+') ? alignment : alignmentIn(`{\\a${alignment}}`));
}

function readDialogue(styles: ReadonlyMap<string, number>, format: string[], value: string): Cue | null {
  const fields = value.split(',');
  // The text is last, and may itself hold commas.
  const text = fields.slice(format.length - 1).join(',');
  const field = (name: string) => fields[format.indexOf(name)]?.trim() ?? '';
  const [startMs, endMs] = [readTime(field('start')), readTime(field('end'))];
  if (startMs === null || endMs === null || /\{[^{}]*\\p[1-9]/.test(text)) return null;
  const alignment = alignmentIn(text) || styles.get(field('style').replace(/^\*/, '')) || 2;
  const plain = text
    .replace(/\{[^{}]*\}/g, (codes) => marksOf(codes))
    .replace(/\\[Nn]/g, '\n')
    .replace(/\\h/g, ' ');
  return { startMs, endMs, text: srtText(plain), settings: alignment === 2 ? '' : settingsOfAlignment(alignment) };
}

/** `{\i1}` is `<i>`, `{\b0}` is `</b>`; a reset closes all. */
function marksOf(codes: string): string {
  return [...codes.matchAll(/\\(?:(b|i|u)(\d{1,3})(?=[\\}])|(r)(?=[\\}A-Z]))/g)]
    .map(([, name, value, reset]) => (reset ? '</b></i></u>' : `<${value === '0' ? '/' : ''}${name}>`))
    .join('');
}

function assTime(ms: number): string {
  const cs = Math.max(0, Math.round(ms / 10));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(cs / 360_000)}:${two(Math.floor(cs / 6000) % 60)}:${two(Math.floor(cs / 100) % 60)}.${two(cs % 100)}`;
}
