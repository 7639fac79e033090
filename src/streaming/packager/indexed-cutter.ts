import { discardCounted } from '../../core/counted-bytes.ts';
import { isEntryPoint, isKeyUnit } from '../../media/container/entry-points.ts';
import { type Sample, writeFragment } from '../../media/container/fragment.ts';
import { FRAGMENT_ROOM_BYTES, writeFragmentInPlace } from '../../media/container/fragment-in-place.ts';
import { type OpenFile, readSample } from '../reading/source-files.ts';
import { boundariesOf, packagerShiftSec, type StreamRendition, type StreamSource } from '../source.ts';
import { readMatroskaKey, readMatroskaWhole } from './matroska-segments.ts';
import { fetchFragment, readMp4Samples } from './mp4-segments.ts';
import { lastStep, shownPictures } from './packet-cutter.ts';
import type { CutKey } from './packet-thread.ts';
import type { TrackIndex } from './track-index.ts';
import { readTsKey, readTsSegment } from './ts-segments.ts';

/** Segment `n` of a copied rendition, by the index of its track. */
export async function cutIndexed(
  file: OpenFile,
  track: TrackIndex,
  source: StreamSource,
  { spec }: StreamRendition,
  n: number,
): Promise<Buffer> {
  const { timescale, timing, tables } = track;
  const clock = clockOf(track, packagerShiftSec(source.timeline, spec.trackIndex));
  const isKey = (data: Uint8Array) => isEntry(track, data);
  const untilTicks = Math.round(((boundariesOf(source.timeline, spec.grid)[n + 1] ?? 0) / 1e6) * timescale);
  const until = spec.kind === 'video' ? { ...timing, untilTicks } : timing;
  const shown = <T extends Timed>(samples: T[]) =>
    spec.kind === 'video' ? shownPictures(samples, n, timescale) : samples;
  if (tables.kind === 'mp4') {
    const samples = (await readMp4Samples(file, tables.index, n)).map((sample) => ({
      ...sample,
      ptsTicks: clock.ptsTicks(sample.ptsTicks / tables.index.timescale),
      durationTicks: clock.ticks(sample.durationTicks / tables.index.timescale),
    }));
    return fetchFragment(file, shown(samples), n + 1, until, isKey);
  }
  const { packets, whole } =
    tables.kind === 'matroska'
      ? await readMatroskaWhole(file, tables.index, n, FRAGMENT_ROOM_BYTES)
      : await readTsSegment(file, tables.index, n, FRAGMENT_ROOM_BYTES);
  const samples: Sample[] = [];
  for (const { timestampSec, durationSec, key, data } of packets) {
    const ptsTicks = clock.ptsTicks(timestampSec);
    const durationTicks = clock.ticks(durationSec) || lastStep(samples, ptsTicks);
    samples.push({ ptsTicks, durationTicks, key: key && isKey(data), data });
  }
  if (!whole) return writeFragment(shown(samples), n + 1, until);
  const fragment = writeFragmentInPlace(whole, shown(samples), n + 1, until);
  if (fragment.buffer !== whole.buffer) discardCounted(whole);
  return fragment;
}

/** The key frame that segment `n` begins with; null where it has none. */
export async function readIndexedKey(
  file: OpenFile,
  track: TrackIndex,
  shiftSec: number,
  n: number,
): Promise<CutKey | null> {
  const { timescale, timing, tables } = track;
  const clock = clockOf(track, shiftSec);
  if (tables.kind !== 'mp4') {
    const { timestampSec, data } =
      tables.kind === 'matroska'
        ? await readMatroskaKey(file, tables.index, n)
        : await readTsKey(file, tables.index, n);
    return { ptsTicks: clock.ptsTicks(timestampSec), data, timescale, timing };
  }
  const [first] = await readMp4Samples(file, tables.index, n);
  if (!first) return null;
  const ptsTicks = clock.ptsTicks(first.ptsTicks / tables.index.timescale);
  return { ptsTicks, data: await readSample(file, first.position, first.sizeBytes), timescale, timing };
}

type Timed = Pick<Sample, 'ptsTicks' | 'durationTicks'>;

/** From the seconds of a container to the ticks of a rendition. */
function clockOf({ timescale }: TrackIndex, shiftSec: number) {
  const ticks = (seconds: number) => Math.round(seconds * timescale);
  return { ticks, ptsTicks: (seconds: number) => ticks(seconds + shiftSec) };
}

/** Containers are mistaken about key frames; a player that believes them shows rubbish. */
function isEntry({ entries }: TrackIndex, data: Uint8Array): boolean {
  if (!entries) return true;
  const { codec, nalLengthBytes } = entries;
  return codec === 'vp9' || codec === 'av1' ? isKeyUnit(codec, data) : isEntryPoint(codec, data, nalLengthBytes);
}
