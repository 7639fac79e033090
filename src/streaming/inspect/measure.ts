import { readSampleTable } from '../../media/container/sample-tables.ts';
import { bandwidthOf, keyFrameSizes, segmentSizes } from '../../media/manifest/bandwidth.ts';
import type { CopyTrack } from '../../media/plan/input.ts';
import type { MediaInfo } from '../../media/types.ts';
import type { Timeline } from '../source.ts';

/**
 * Weighs the segments of the tracks that can be copied, where the container has tables that tell (MP4, MOV). Other containers' tracks stay as they are, with the rates they declare.
 */
export function measureCopies(
  moov: Buffer | null,
  info: MediaInfo,
  timeline: Timeline,
  copy: ReadonlyMap<number, CopyTrack>,
): Map<number, CopyTrack> {
  const measured = new Map(copy);
  if (!moov) return measured;
  const { source, regularUs } = timeline;
  for (const track of [...info.video, ...info.audio]) {
    const cut = copy.get(track.index);
    const table = cut ? readSampleTable(moov, track.kind, track.ordinal) : null;
    if (!cut || !table) continue;
    const boundariesUs = source && !source.sparse ? source.boundariesUs : regularUs;
    const video = track.kind === 'video' && source !== null;
    const weigh = (sizesOf: typeof segmentSizes) =>
      video
        ? bandwidthOf(sizesOf(table, source.keysUs), [...source.keysUs, timeline.durationUs])
        : bandwidthOf(sizesOf(table, boundariesUs.slice(0, -1)), boundariesUs);
    const bandwidth = weigh(segmentSizes);
    const keyFrames = video ? weigh(keyFrameSizes) : null;
    if (bandwidth) measured.set(track.index, { ...cut, bandwidth, ...(keyFrames ? { keyFrames } : {}) });
  }
  return measured;
}
