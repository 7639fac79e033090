import type { SampleTable } from '../../media/container/sample-tables.ts';
import { bandwidthOf, keyFrameSizes, segmentSizes } from '../../media/manifest/bandwidth.ts';
import type { CopyTrack } from '../../media/plan/input.ts';
import { sharedGrid } from '../../media/plan/plan.ts';
import type { AudioTrack, MediaInfo, VideoTrack } from '../../media/types.ts';
import { boundariesOf, type Timeline } from '../source.ts';

/**
 * Weighs the segments of the tracks that can be copied, where the container has tables that tell (MP4, MOV). Other containers' tracks stay as they are, with the rates they declare.
 */
export function measureCopies(
  tableOf: (track: VideoTrack | AudioTrack) => SampleTable | null,
  info: MediaInfo,
  timeline: Timeline,
  copy: ReadonlyMap<number, CopyTrack>,
): Map<number, CopyTrack> {
  const measured = new Map(copy);
  const { source } = timeline;
  const boundariesUs = boundariesOf(timeline, sharedGrid(info, source));
  for (const track of [...info.video, ...info.audio]) {
    const cut = copy.get(track.index);
    const table = cut ? tableOf(track) : null;
    if (!cut || !table) continue;
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
