import { isEntryPoint, isKeyUnit } from '../media/container/entry-points.ts';
import type { Mp4Index } from '../media/container/mp4-index.ts';
import type { Mp4Sample } from '../media/container/mp4-samples.ts';
import { fetchFragment, fetchSample, readMp4Samples } from './mp4-segments.ts';
import { shownPictures } from './packet-cutter.ts';
import type { CutKey } from './packet-thread.ts';
import { boundariesOf, packagerShiftSec, type StreamRendition, type StreamSource } from './source.ts';
import type { OpenFile } from './source-files.ts';
import type { TrackIndex } from './track-index.ts';

/** Segment `n` of a copied rendition, by the index of its track. */
export async function cutIndexed(
  file: OpenFile,
  track: TrackIndex,
  source: StreamSource,
  { spec }: StreamRendition,
  n: number,
): Promise<Buffer> {
  const { timescale, timing } = track;
  const shiftSec = packagerShiftSec(source.timeline, spec.trackIndex);
  const found = await readMp4Samples(file, track.tables.index, n);
  const samples = found.map((sample) => onOurClock(sample, track.tables.index, timescale, shiftSec));
  const isKey = (data: Uint8Array) => isEntry(track, data);
  if (spec.kind === 'audio') return fetchFragment(file, samples, n + 1, timing, isKey);
  const untilTicks = Math.round((boundariesOf(source.timeline, 'source')[n + 1]! / 1e6) * timescale);
  const shown = shownPictures(samples, n, timescale);
  return fetchFragment(file, shown, n + 1, { ...timing, untilTicks }, isKey);
}

/** The key frame that segment `n` begins with; null where it has none. */
export async function readIndexedKey(
  file: OpenFile,
  track: TrackIndex,
  shiftSec: number,
  n: number,
): Promise<CutKey | null> {
  const [first] = await readMp4Samples(file, track.tables.index, n);
  if (!first) return null;
  const { timescale, timing } = track;
  const { ptsTicks } = onOurClock(first, track.tables.index, timescale, shiftSec);
  return { ptsTicks, data: await fetchSample(file, first), timescale, timing };
}

function onOurClock(sample: Mp4Sample, { timescale: own }: Mp4Index, timescale: number, shiftSec: number): Mp4Sample {
  return {
    ...sample,
    ptsTicks: Math.round((sample.ptsTicks / own + shiftSec) * timescale),
    durationTicks: Math.round((sample.durationTicks / own) * timescale),
  };
}

/** Containers are mistaken about key frames; a player that believes them shows rubbish. */
function isEntry({ entries }: TrackIndex, data: Uint8Array): boolean {
  if (!entries) return true;
  const { codec, nalLengthBytes } = entries;
  return codec === 'vp9' || codec === 'av1' ? isKeyUnit(codec, data) : isEntryPoint(codec, data, nalLengthBytes);
}
