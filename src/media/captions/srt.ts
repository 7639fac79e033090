import { type Cue, readTime } from './cues.ts';
import { alignmentIn, settingsOfAlignment, srtText } from './text.ts';

/** Two times with an arrow, of one dash or more, and whatever follows (coordinates: "X1:100 X2:200"). */
const TIMING = /^\s*(-?[\d:.,]{4,20})\s*-{1,3}>\s*(-?[\d:.,]{4,20})(?=\s|$)/;

/**
 * SubRip as it is found in the wild: numbers missing or wrong, blank lines missing or too many, `.` for `,`, overlapping,
 * unsorted, with tags of HTML and of ASS. Whatever stands between two timing lines is the first one's text.
 */
export function parseSrt(text: string): Cue[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const timings = lines.flatMap((line, at) => {
    const match = TIMING.exec(line);
    const [startMs, endMs] = match ? [readTime(match[1]!), readTime(match[2]!)] : [null, null];
    return startMs === null || endMs === null ? [] : [{ at, startMs, endMs }];
  });
  return timings.map(({ at, startMs, endMs }, n) => {
    const next = timings[n + 1];
    const raw = withoutNumber(lines.slice(at + 1, next?.at ?? lines.length), next !== undefined, n + 2).join('\n');
    return { startMs, endMs, text: srtText(raw), settings: settingsOfAlignment(alignmentIn(raw)) };
  });
}

/** The last line before the next timing is its number, if a blank line is before it or it is the number due. */
function withoutNumber(lines: string[], hasNext: boolean, due: number): string[] {
  const last = lines.at(-1)?.trim() ?? '';
  if (!hasNext || !/^\d{1,6}$/.test(last)) return lines;
  const before = lines.at(-2)?.trim();
  const isNumber =
    before === '' || before === undefined ? lines.length > 1 || Number(last) === due : Number(last) === due;
  return isNumber ? lines.slice(0, -1) : lines;
}
