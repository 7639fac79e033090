import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Picture subtitles as Blu-ray discs have them (PGS), made by hand: ffmpeg can read and copy them, but not make them. */

export interface PgsCue {
  startSec: number;
  endSec: number;
  /** A box of one colour. */
  box: { x: number; y: number; width: number; height: number };
}

const CLOCK = 90_000;
const SEGMENTS = { palette: 0x14, object: 0x15, composition: 0x16, window: 0x17, end: 0x80 };
/** Palette entry 1: an opaque yellow (Y, Cr, Cb, alpha in BT.601 of limited range). */
const YELLOW = [1, 210, 146, 16, 255];

/** A .sup file: for each cue a display set that shows its box, and one that takes it away. */
export function writePgs(
  folder: string,
  name: string,
  cues: readonly PgsCue[],
  canvas: { width: number; height: number },
): string {
  const sets = cues.flatMap(({ startSec, endSec, box }, n) => {
    const window = [1, 0, ...u16(box.x), ...u16(box.y), ...u16(box.width), ...u16(box.height)];
    const head = [...u16(canvas.width), ...u16(canvas.height), 0x10];
    const shown = [...head, ...u16(2 * n), 0x80, 0, 0, 1, ...u16(0), 0, 0, ...u16(box.x), ...u16(box.y)];
    const hidden = [...head, ...u16(2 * n + 1), 0x00, 0, 0, 0];
    const rows = runLengths(box.width, box.height);
    const object = [...u16(0), 0, 0xc0, ...u24(rows.length + 4), ...u16(box.width), ...u16(box.height), ...rows];
    return [
      segment(startSec, SEGMENTS.composition, shown),
      segment(startSec, SEGMENTS.window, window),
      segment(startSec, SEGMENTS.palette, [0, 0, ...YELLOW]),
      segment(startSec, SEGMENTS.object, object),
      segment(startSec, SEGMENTS.end, []),
      segment(endSec, SEGMENTS.composition, hidden),
      segment(endSec, SEGMENTS.window, window),
      segment(endSec, SEGMENTS.end, []),
    ];
  });
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(sets));
  return path;
}

function segment(atSec: number, type: number, payload: readonly number[]): Buffer {
  return Buffer.from([
    0x50,
    0x47,
    ...u32(Math.round(atSec * CLOCK)),
    ...u32(0),
    type,
    ...u16(payload.length),
    ...payload,
  ]);
}

/** Every row is one run of colour 1: 00, 11 and a length of 14 bits, the colour; then the row's end. */
function runLengths(width: number, height: number): number[] {
  const row = [0, 0xc0 | (width >> 8), width & 0xff, 1, 0, 0];
  return Array.from({ length: height }, () => row).flat();
}

const u16 = (value: number) => [(value >> 8) & 0xff, value & 0xff];
const u24 = (value: number) => [(value >> 16) & 0xff, ...u16(value)];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value)];

/** An ASS file with one style in a font of its own, and a line for each cue. */
export function writeAss(
  folder: string,
  name: string,
  lines: readonly [start: string, end: string, text: string][],
): string {
  const text = `[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 180

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Kinora Test,40,&H0000FFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
${lines.map(([start, end, line]) => `Dialogue: 0,${start},${end},Default,,0,0,0,,${line}`).join('\n')}
`;
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
