import { listBoxes } from '../../media/container/boxes.ts';
import { readFragment, readTimescale, writeFragment } from '../../media/container/fragment.ts';
import { leadIn } from '../../media/container/lead-in.ts';
import { boundariesOf, isMadeBySessions, type StreamRendition, type StreamSource, segmentCount } from '../source.ts';
import type { SegmentStore } from '../store/segment-store.ts';
import type { Packager } from './packager.ts';

/**
 * The key frames of a rendition, each as a fragment of its own: what a player shows while somebody scrubs. They cost no
 * encoder: those of a copied rendition are cut out of the source, those of an encoded one out of segments that are stored.
 */

/** When each key frame is shown, and the end of the last: n + 1 times in microseconds. */
export function keyFrameTimesUs({ timeline }: StreamSource, { spec }: StreamRendition): number[] {
  const boundariesUs = boundariesOf(timeline, spec.grid);
  const isCopied = spec.mode === 'copied' && timeline.source !== null;
  // A copied key frame may be shown a little after its boundary, which the frames stored behind it come before.
  if (!isCopied) return [...boundariesUs];
  // Both playlists begin together, also where the pictures begin a little later than the sound.
  return [boundariesUs[0]!, ...timeline.source!.keysUs.slice(1), boundariesUs.at(-1)!];
}

/** Whether every key frame of a rendition can be had without an encoder. */
export async function hasKeyFrames(
  store: SegmentStore,
  { timeline }: StreamSource,
  rendition: StreamRendition,
): Promise<boolean> {
  if (rendition.spec.kind !== 'video') return false;
  if (!isMadeBySessions(rendition.spec)) return true;
  return (await store.present(rendition)).size >= segmentCount(timeline, rendition.spec.grid);
}

/** One key frame; null where it would have to be encoded first. The caller has checked the range. */
export async function readKeyFrame(
  { store, packager }: { store: SegmentStore; packager: Packager },
  source: StreamSource,
  rendition: StreamRendition,
  index: number,
): Promise<Buffer | null> {
  const timesUs = keyFrameTimesUs(source, rendition);
  const durationUs = timesUs[index + 1]! - timesUs[index]!;
  if (!isMadeBySessions(rendition.spec)) return packager.keyFrame(source, rendition, index, durationUs);
  const [init, segment] = await Promise.all([store.readInit(rendition), store.read(rendition, index)]);
  return init && segment ? keyFrameOf(init, segment, index, durationUs) : null;
}

/** The first key frame of a stored segment, with the times it has there. */
function keyFrameOf(init: Buffer, segment: Buffer, index: number, durationUs: number): Buffer | null {
  const [moof, mdat] = listBoxes(segment);
  if (!moof || !mdat) return null;
  const samples = readFragment(
    segment.subarray(0, moof.end),
    segment.subarray(mdat.bodyStart, mdat.end),
    mdat.bodyStart,
    NONE,
  );
  const key = samples.find((sample) => sample.key);
  if (!key) return null;
  const timescale = readTimescale(init);
  const timing = leadIn({ kind: 'video', hasPicture: true, timescale, primingTicks: 0 });
  const sample = {
    ...key,
    ptsTicks: key.ptsTicks - timing.delayTicks,
    durationTicks: Math.round((durationUs / 1e6) * timescale),
  };
  return writeFragment([sample], index + 1, timing);
}

/** Our own fragments leave nothing to defaults. */
const NONE = { durationTicks: 0, sizeBytes: 0, flags: 0 };
