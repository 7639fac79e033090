import { type Box, findBox, listBoxes } from '../container/boxes.ts';
import { type FileFacts, type ReadAt, seconds, unsure } from './facts.ts';
import type { Samples } from './mp4-samples.ts';

/** What an MP4 file is called, and its chapters. */

/** iTunes' names (in `ilst`) and what ffmpeg calls them. */
const NAMES: Record<string, string> = {
  '\xa9nam': 'title',
  '\xa9ART': 'artist',
  '\xa9alb': 'album',
  aART: 'album_artist',
};
/** The same in older places, which are read in other ways. */
const OLDER = new Set(['\xa9nam', '\xa9ART', '\xa9alb', 'titl', 'auth', 'perf', 'albm', 'aART', 'name']);
const UTF8 = 1;
export const MOST_CHAPTERS = 1000;

export interface Tags {
  tags: Record<string, string>;
  /** How many pictures are among them: each is a stream of its own. */
  covers: number;
}

/** `udta/meta/ilst` of the film. */
export function readTags(moov: Buffer, root: Box): Tags {
  const udta = findBox(moov, 'udta', root);
  const tags: Record<string, string> = {};
  let covers = 0;
  checkKeys(moov, findBox(moov, 'meta', root));
  if (!udta) return { tags, covers };
  const inside = listBoxes(moov, udta.bodyStart, udta.end);
  if (inside.some(({ type }) => OLDER.has(type))) unsure('names in an old place');
  const meta = inside.filter(({ type }) => type === 'meta');
  if (meta.length > 1) unsure('several lists of tags');
  if (meta.length === 0) return { tags, covers };
  const parts = listBoxes(moov, meta[0]!.bodyStart + 4, meta[0]!.end);
  if (parts.some(({ type }) => type === 'keys')) checkKeys(moov, meta[0]!);
  const ilst = parts.find(({ type }) => type === 'ilst');
  for (const item of ilst ? listBoxes(moov, ilst.bodyStart, ilst.end) : []) {
    if (item.type === 'covr') covers += countCovers(moov, item);
    const name = NAMES[item.type];
    if (!name) continue;
    const data = listBoxes(moov, item.bodyStart, item.end);
    if (data.length !== 1 || data[0]!.type !== 'data' || name in tags) unsure('odd tags');
    const { bodyStart, end } = data[0]!;
    if (bodyStart + 8 > end || (moov.readUInt32BE(bodyStart) & 0xffffff) !== UTF8) unsure('odd tags');
    const bytes = moov.subarray(bodyStart + 8, end);
    // ffmpeg reads so much, and no zero.
    if (bytes.length > 1000 || bytes.includes(0)) unsure('odd tags');
    tags[name] = bytes.toString('utf8');
  }
  return { tags, covers };
}

function countCovers(moov: Buffer, item: Box): number {
  const pictures = listBoxes(moov, item.bodyStart, item.end);
  const isKnown = ({ type, bodyStart, end }: Box) =>
    type === 'data' && end - bodyStart > 8 && [13, 14].includes(moov.readUInt32BE(bodyStart) & 0xffffff);
  return pictures.length > 0 && pictures.every(isKnown) ? pictures.length : unsure('an odd cover');
}

/** QuickTime's keys: what cameras write there is no name. */
function checkKeys(moov: Buffer, meta: Box | null): void {
  if (!meta) return;
  const bytes = moov.toString('latin1', meta.bodyStart, meta.end);
  if (/title|artist|album|artwork|displayname|author/i.test(bytes)) unsure('names in an odd place');
}

/** Chapters in a text track, as QuickTime has them, or in Nero's list. `endSec`: of the film. */
export async function readChapters(
  moov: Buffer,
  root: Box,
  samples: Samples | null,
  endSec: number,
  readAt: ReadAt,
): Promise<FileFacts['chapters']> {
  const chpl = findBox(moov, 'udta/chpl', root);
  const listed = chpl ? readChpl(moov, chpl, endSec) : [];
  if (!samples) return listed;
  if (listed.length > samples.first.length || samples.first.length >= MOST_CHAPTERS) unsure('chapters that disagree');
  const endTicks = Math.min(samples.durationTicks, samples.lengthTicks ?? samples.durationTicks);
  const chapters: FileFacts['chapters'] = [];
  for (const [n, { at, bytes, dtsTicks }] of samples.first.entries()) {
    const text = await readAt(at, Math.min(bytes, 4096));
    if (text.length < 2 || text.readUInt16BE(0) > text.length - 2) unsure('an odd chapter');
    const title = text.subarray(2, 2 + text.readUInt16BE(0));
    if (title[0] === 0xfe || title[0] === 0xff) unsure('a chapter in another encoding');
    const next = samples.first[n + 1]?.dtsTicks ?? endTicks;
    if (next < dtsTicks) unsure('chapters that run backwards');
    chapters.push({
      start_time: seconds(dtsTicks / samples.timescale),
      end_time: seconds(next / samples.timescale),
      tags: { title: untilZero(title) },
    });
  }
  return chapters;
}

function readChpl(moov: Buffer, { bodyStart, end }: Box, filmSec: number): FileFacts['chapters'] {
  let at = bodyStart + (moov[bodyStart] === 0 ? 4 : 8);
  const count = moov[at++] ?? 0;
  const chapters: { startSec: number; title: string }[] = [];
  for (let n = 0; n < count; n++) {
    if (at + 9 > end || at + 9 + moov[at + 8]! > end) unsure('a list of chapters that ends too early');
    const title = untilZero(moov.subarray(at + 9, at + 9 + moov[at + 8]!));
    chapters.push({ startSec: Number(moov.readBigUInt64BE(at)) / 1e7, title });
    at += 9 + moov[at + 8]!;
  }
  if (chapters.some(({ startSec }, n) => n > 0 && startSec <= chapters[n - 1]!.startSec)) unsure('odd chapters');
  return chapters.map(({ startSec, title }, n) => ({
    start_time: seconds(startSec),
    end_time: seconds(Math.max(startSec, Math.min(chapters[n + 1]?.startSec ?? filmSec, filmSec))),
    tags: { title },
  }));
}

function untilZero(bytes: Buffer): string {
  const zero = bytes.indexOf(0);
  return bytes.toString('utf8', 0, zero === -1 ? bytes.length : zero);
}
