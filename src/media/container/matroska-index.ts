import type { VarintReader, VarintWriter } from './varints.ts';

/**
 * Where in a Matroska file the segments of one track begin, kept with its source: some eight bytes a segment. What lies in
 * between is walked through when a segment is read.
 */
export interface MatroskaIndex {
  kind: 'video' | 'audio';
  trackNumber: number;
  /** Nanoseconds of a tick. */
  timestampScale: number;
  /** How long a frame lasts unless something else is said; zero where nothing is. */
  defaultDurationNs: number;
  /** What all frames begin with and is left out of them. */
  strippedHeader: Buffer;
  /** Behind the last block. */
  endPosition: number;
  /** Of each segment's first block: where it begins in the file, its time, and that of its cluster. */
  positions: Float64Array;
  ticks: Float64Array;
  clusterTicks: Float64Array;
  /**
   * Where several frames of sound share a block: the times segments begin at, in microseconds. Their blocks are then the last ones
   * that begin before, and the frames are told apart by their times. Else null.
   */
  lacedStartsUs: Float64Array | null;
}

export function writeMatroskaIndex(index: MatroskaIndex, out: VarintWriter): void {
  const { positions, ticks, clusterTicks, lacedStartsUs } = index;
  out.unsigned((index.kind === 'audio' ? 1 : 0) + (lacedStartsUs ? 2 : 0));
  out.unsigned(index.trackNumber);
  out.unsigned(index.timestampScale);
  out.unsigned(index.defaultDurationNs);
  out.bytes(index.strippedHeader);
  out.unsigned(positions.length);
  let [position, time] = [0, 0];
  for (let n = 0; n < positions.length; n++) {
    out.signed(positions[n]! - position);
    out.signed(ticks[n]! - time);
    out.signed(ticks[n]! - clusterTicks[n]!);
    [position, time] = [positions[n]!, ticks[n]!];
  }
  out.signed(index.endPosition - position);
  let startUs = 0;
  for (const us of lacedStartsUs ?? []) {
    out.signed(us - startUs);
    startUs = us;
  }
}

/** Throws `RangeError` where the bytes end too early. */
export function readMatroskaIndex(bytes: VarintReader): MatroskaIndex {
  const flags = bytes.unsigned();
  const [trackNumber, timestampScale, defaultDurationNs] = [bytes.unsigned(), bytes.unsigned(), bytes.unsigned()];
  const strippedHeader = Buffer.from(bytes.bytes());
  const count = bytes.unsigned();
  // Each takes three bytes at least.
  if (count * 3 > bytes.left()) throw new RangeError('more segments than there is room for');
  const positions = new Float64Array(count);
  const ticks = new Float64Array(count);
  const clusterTicks = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    positions[n] = bytes.signed() + (positions[n - 1] ?? 0);
    ticks[n] = bytes.signed() + (ticks[n - 1] ?? 0);
    clusterTicks[n] = ticks[n]! - bytes.signed();
  }
  const endPosition = bytes.signed() + (positions[count - 1] ?? 0);
  const lacedStartsUs = flags & 2 ? new Float64Array(count) : null;
  for (let n = 0; lacedStartsUs && n < count; n++) lacedStartsUs[n] = bytes.signed() + (lacedStartsUs[n - 1] ?? 0);
  const kind = flags & 1 ? 'audio' : 'video';
  return {
    kind,
    trackNumber,
    timestampScale,
    defaultDurationNs,
    strippedHeader,
    endPosition,
    positions,
    ticks,
    clusterTicks,
    lacedStartsUs,
  };
}
