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

/**
 * Subtitles of a DVD: an .idx file with the times, and a .sub file of MPEG packs with the pictures (a box of one colour on
 * a canvas of 720 x 576, at the same share of it as on one of 320 x 180).
 */
export function writeVobSub(folder: string, stem: string, cues: readonly PgsCue[]): void {
  const packs = cues.map(({ startSec, endSec, box }) => {
    const scaled = {
      x: Math.round((box.x * 720) / 320),
      y: Math.round((box.y * 576) / 180),
      width: Math.round((box.width * 720) / 320),
      height: Math.round((box.height * 576) / 180),
    };
    return pack(startSec, spu(scaled, endSec - startSec));
  });
  const times = cues.map(({ startSec }, n) => {
    const at = new Date(startSec * 1000).toISOString().slice(11, 23).replace('.', ':');
    return `timestamp: ${at}, filepos: ${(n * PACK_BYTES).toString(16).padStart(9, '0')}`;
  });
  const palette = Array.from({ length: 16 }, (_, n) => (n === 1 ? 'ffff00' : '000000')).join(', ');
  const head = ['# VobSub index file, v7 (do not modify this line!)', 'size: 720x576', `palette: ${palette}`];
  writeFileSync(join(folder, `${stem}.idx`), [...head, 'langidx: 0', '', 'id: en, index: 0', ...times, ''].join('\n'));
  writeFileSync(join(folder, `${stem}.sub`), Buffer.concat(packs));
}

const PACK_BYTES = 2048;

/** A subpicture unit: rows of one colour each to the end of the line, then when to show and when to hide it. */
function spu({ x, y, width, height }: PgsCue['box'], seconds: number): number[] {
  // A run to the end of the line in colour 1: sixteen bits, fourteen of them zero.
  const field = (rows: number) => Array.from({ length: rows }, () => [0, 1]).flat();
  const [top, bottom] = [field(Math.ceil(height / 2)), field(Math.floor(height / 2))];
  const control = 4 + top.length + bottom.length;
  const [right, low] = [x + width - 1, y + height - 1];
  const area = [x >> 4, ((x & 15) << 4) | (right >> 8), right & 255, y >> 4, ((y & 15) << 4) | (low >> 8), low & 255];
  const colours = [0x03, 0x00, 0x10, 0x04, 0x00, 0xf0];
  const show = [...colours, 0x05, ...area, 0x06, ...u16(4), ...u16(4 + top.length), 0x01, 0xff];
  const hide = control + 4 + show.length;
  // Counted in steps of 11 ms: rather a little early than a frame late.
  const delay = Math.floor((seconds * CLOCK) / 1024);
  const body = [...top, ...bottom, ...u16(0), ...u16(hide), ...show, ...u16(delay), ...u16(hide), 0x02, 0xff];
  return [...u16(body.length + 4), ...u16(control), ...body];
}

/** One MPEG program stream pack of 2 kB: its head, a private stream 1 packet with a time, and padding. */
function pack(atSec: number, unit: readonly number[]): Buffer {
  const pts = Math.round(atSec * CLOCK);
  const stamp = [
    0x21 | ((pts >> 29) & 0x0e),
    (pts >> 22) & 255,
    1 | ((pts >> 14) & 0xfe),
    (pts >> 7) & 255,
    1 | ((pts << 1) & 0xfe),
  ];
  const head = [0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8];
  const packet = [0x81, 0x80, 5, ...stamp, 0x20, ...unit];
  const bytes = [...head, 0, 0, 1, 0xbd, ...u16(packet.length), ...packet];
  const rest = PACK_BYTES - bytes.length - 6;
  return Buffer.from([...bytes, 0, 0, 1, 0xbe, ...u16(rest), ...Array<number>(rest).fill(0xff)]);
}

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
