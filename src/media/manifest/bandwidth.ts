import type { SampleTable } from '../container/sample-tables.ts';

/** BANDWIDTH and AVERAGE-BANDWIDTH as RFC 8216bis section 4.4.6.2 defines them, from what segments weigh. */

export interface Bandwidth {
  bitrateKbps: number;
  /** Of the segments, or runs of them, that last between half and one and a half times the target: the heaviest. */
  peakKbps: number;
}

/**
 * "The largest bit rate of any contiguous set of segments whose total duration is between 0.5 and 1.5 times the target
 * duration". `boundariesUs` has one time more than there are segments.
 */
export function bandwidthOf(sizesBytes: readonly number[], boundariesUs: readonly number[]): Bandwidth | null {
  const count = Math.min(sizesBytes.length, boundariesUs.length - 1);
  const totalUs = (boundariesUs[count] ?? 0) - (boundariesUs[0] ?? 0);
  if (count === 0 || totalUs <= 0) return null;
  const longestUs = Math.max(...boundariesUs.slice(1, count + 1).map((end, n) => end - boundariesUs[n]!));
  const targetUs = Math.ceil(longestUs / 1e6) * 1e6;
  const kbps = (bytes: number, us: number) => (bytes * 8000) / us;
  const average = kbps(
    sizesBytes.slice(0, count).reduce((sum, size) => sum + size, 0),
    totalUs,
  );
  let peak = 0;
  for (let first = 0; first < count; first++) {
    let bytes = 0;
    for (let last = first; last < count; last++) {
      bytes += sizesBytes[last]!;
      const us = boundariesUs[last + 1]! - boundariesUs[first]!;
      if (us > 1.5 * targetUs) break;
      if (us >= 0.5 * targetUs) peak = Math.max(peak, kbps(bytes, us));
    }
  }
  return { bitrateKbps: Math.ceil(average), peakKbps: Math.ceil(Math.max(peak, average)) };
}

/** What our fragments add: the boxes, and a line for each sample in the track run. */
const FRAGMENT_BYTES = 108;
const SAMPLE_BYTES = 16;

/**
 * How much each segment of a copied track weighs. `startsUs` are the times of its segments' first samples, the first segment's
 * first; of pictures those are key frames.
 */
export function segmentSizes(table: SampleTable, startsUs: readonly number[]): number[] {
  const starts = startsIn(table, startsUs);
  return starts.map((first, n) => {
    const end = Math.min(starts[n + 1] ?? table.sampleCount, table.sampleCount);
    let bytes = FRAGMENT_BYTES;
    for (let sample = first; sample < end; sample++) bytes += table.sizeOf(sample) + SAMPLE_BYTES;
    return bytes;
  });
}

/** What the key frames that segments start with weigh, each alone in a fragment. */
export function keyFrameSizes(table: SampleTable, startsUs: readonly number[]): number[] {
  const sizeOf = (key: number) => (key < table.sampleCount ? table.sizeOf(key) : 0);
  return startsIn(table, startsUs).map((key) => FRAGMENT_BYTES + SAMPLE_BYTES + sizeOf(key));
}

/** The sample each segment starts with. */
function startsIn(table: SampleTable, startsUs: readonly number[]): number[] {
  return table.keys ? keyIndexes(table, table.keys, startsUs) : sampleIndexes(table, startsUs);
}

/** The key frame nearest to each time, counted from the first one: tables know nothing of where presentation begins. */
function keyIndexes(table: SampleTable, keys: Uint32Array, startsUs: readonly number[]): number[] {
  const originSec = secondsOf(table, keys[0] ?? 0);
  let at = 0;
  return startsUs.map((startUs) => {
    const wantedSec = originSec + (startUs - startsUs[0]!) / 1e6;
    const distance = (n: number) => Math.abs(secondsOf(table, keys[n]!) - wantedSec);
    while (at + 1 < keys.length && distance(at + 1) <= distance(at)) at++;
    return keys[at] ?? 0;
  });
}

function sampleIndexes(table: SampleTable, startsUs: readonly number[]): number[] {
  const originSec = secondsOf(table, 0);
  let at = 0;
  return startsUs.map((startUs) => {
    while (at < table.sampleCount && secondsOf(table, at) - originSec < (startUs - startsUs[0]!) / 1e6) at++;
    return at;
  });
}

/** Zero for a sample that tables name and do not have. */
function secondsOf({ ptsTicks, timescale }: SampleTable, sample: number): number {
  return (ptsTicks[sample] ?? 0) / timescale;
}
