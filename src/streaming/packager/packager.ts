import { writeFragment } from '../../media/container/fragment.ts';
import { UnusualStream } from '../../media/container/ts-packets.ts';
import type { InputPool } from '../reading/input-pool.ts';
import type { SourceFiles } from '../reading/source-files.ts';
import { type CutSpec, packagerShiftSec, type StreamRendition, type StreamSource } from '../source.ts';
import { createCopyTracks } from './copy-track.ts';
import { cutIndexed, readIndexedKey } from './indexed-cutter.ts';
import type { PacketThread } from './packet-thread.ts';
import { createTrackIndexes } from './track-indexes.ts';

/**
 * Cuts copied renditions out of a source just in time: no ffmpeg, nothing stored. Samples keep their bytes; only the
 * wrapping is ours. Where a track has an index of ours, its samples are read straight from the file to their places in the
 * segment; else mediabunny reads its packets, in a thread of its own.
 */
export interface Packager {
  /** The init segment (CMAF header) of a copied rendition. */
  init(source: StreamSource, rendition: StreamRendition): Promise<Buffer>;
  /** Segment `index` of a copied rendition. The caller has checked the range. */
  segment(source: StreamSource, rendition: StreamRendition, index: number): Promise<Buffer>;
  /**
   * The key frames at or before some moments of the presentation (in microseconds, rising), as a small film: an init
   * segment, then a fragment each. Frame n is shown at `n` seconds; where two moments share a key frame only the first
   * has one. Nothing but these frames is read. Throws where the packager cannot read the track.
   */
  keyFrames(source: StreamSource, trackIndex: number, momentsUs: readonly number[]): AsyncGenerator<Buffer>;
  /** The key frame of segment `index` alone, shown for as long as told. */
  keyFrame(source: StreamSource, rendition: StreamRendition, index: number, durationUs: number): Promise<Buffer>;
  /** What of a source's tracks is worth keeping with it: the index of each that has one, by stream index. Never throws. */
  indexTracks(source: StreamSource, copied: readonly CutSpec[]): Promise<Map<number, Buffer>>;
}

const EPSILON_SEC = 0.0005;

export function createPackager(pool: InputPool, files: SourceFiles, thread: PacketThread): Packager {
  const openTrack = createCopyTracks(pool);
  const indexes = createTrackIndexes(openTrack);

  return {
    init: (source, rendition) =>
      files.use(source.path, async (file) => {
        const index = await indexes.get(source, rendition.spec, file);
        return index ? index.init : thread.init(source, rendition);
      }),
    segment: (source, rendition, n) =>
      files.use(source.path, async (file) => {
        const index = await indexes.get(source, rendition.spec, file);
        if (!index) return thread.segment(source, rendition, n);
        return unlessUnusual(
          () => cutIndexed(file, index, source, rendition, n),
          () => thread.segment(source, rendition, n),
        );
      }),
    async *keyFrames(source, trackIndex, momentsUs) {
      const release = pool.hold();
      try {
        const copy = await openTrack(source, { kind: 'video', trackIndex });
        yield copy.init;
        let last: number | null = null;
        for (const [n, momentUs] of momentsUs.entries()) {
          const atSec = source.timeline.packagerOriginSec + momentUs / 1e6 + EPSILON_SEC;
          const packet =
            (await copy.sink.getKeyPacket(atSec)) ?? (n === 0 ? await copy.sink.getFirstKeyPacket() : null);
          if (!packet || packet.timestamp === last) continue;
          last = packet.timestamp;
          const sample = { ptsTicks: n * copy.timescale, durationTicks: copy.timescale, key: true };
          const data = copy.unwrap?.(packet.data) ?? packet.data;
          yield writeFragment([{ ...sample, data }], n + 1, copy.timing);
        }
      } finally {
        release();
      }
    },
    keyFrame: (source, rendition, n, durationUs) =>
      files.use(source.path, async (file) => {
        const index = await indexes.get(source, rendition.spec, file);
        const shiftSec = packagerShiftSec(source.timeline, rendition.spec.trackIndex);
        const byThread = () => thread.key(source, rendition, n);
        const found = index
          ? await unlessUnusual(() => readIndexedKey(file, index, shiftSec, n), byThread)
          : await byThread();
        if (!found) throw new Error(`the source has no key frame for segment ${n} any more`);
        const { ptsTicks, data, timescale, timing } = found;
        const durationTicks = Math.round((durationUs / 1e6) * timescale);
        return writeFragment([{ ptsTicks, durationTicks, key: true, data }], n + 1, timing);
      }),
    indexTracks: (source, copied) =>
      files.use(source.path, async (file) => {
        const kept = new Map<number, Buffer>();
        for (const spec of copied) {
          // A track that cannot be read now will say so when it is played.
          const bytes = await indexes.make(source, spec, file).catch(() => null);
          if (bytes) kept.set(spec.trackIndex, bytes);
        }
        return kept;
      }),
  };
}

/** What is unusual only in places is read there by those who know all kinds. */
async function unlessUnusual<T>(make: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof UnusualStream) return otherwise();
    throw error;
  }
}
