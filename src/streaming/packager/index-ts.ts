import { countBefore } from '../../core/search.ts';
import type { TsIndex } from '../../media/container/ts-index.ts';
import { TICKS_PER_SEC } from '../../media/container/ts-packets.ts';
import type { TsStream } from '../../media/container/ts-scan.ts';
import { frameTicks } from '../../media/container/ts-sound.ts';
import type { TsFile } from '../reading/ts-file.ts';
import type { TsSink } from '../reading/ts-sink.ts';

/** Key frames are asked for a little later than they are, since times were rounded. */
const LATE_SEC = 0.0005;
const EARLY_SEC = 1e-6;
/** Samples of a frame of those kinds of sound that have but one length; of others, the longest. */
const FRAME_SAMPLES = { aac: 1024, mp3: 1152, ac3: 1536, eac3: 1536 } as const;

/**
 * Where each segment of a stream begins. Of pictures `startsSec` are the times of the key frames segments begin with, of sound
 * the times they begin at; each segment lasts until the next one. Null where the stream does not agree with them.
 */
export function buildTsIndex(
  { scan }: TsFile,
  sink: TsSink,
  pid: number,
  startsSec: readonly number[],
): TsIndex | null {
  const stream = scan.streams.get(pid);
  if (!stream || startsSec.length === 0) return null;
  const { codec, sampleRate } = sink;
  const isPicture = codec === 'h264' || codec === 'hevc';
  const starts = isPicture
    ? findPictures(stream, sink.keys, startsSec)
    : findSound(stream, frameTicks(FRAME_SAMPLES[codec], sampleRate), startsSec);
  if (!starts) return null;
  const positionOf = (pes: number) => stream.positions[pes] ?? scan.endPosition;
  return {
    ...{ form: scan.form, pid, codec, sampleRate, endPosition: scan.endPosition },
    positions: Float64Array.from(starts, ({ pes }) => positionOf(pes)),
    ptsTicks: Float64Array.from(starts, ({ pes }) => stream.ptsTicks[Math.min(pes, stream.ptsTicks.length - 1)]!),
    skippedFrames: Uint32Array.from(starts, ({ skipped }) => skipped),
    nextPositions: Float64Array.from(starts, ({ pes }) => positionOf(pes + 1)),
  };
}

interface Start {
  pes: number;
  skipped: number;
}

function findPictures({ ptsTicks }: TsStream, keys: Uint32Array, startsSec: readonly number[]): Start[] | null {
  const starts: Start[] = [];
  for (const [n, startSec] of startsSec.entries()) {
    const atTicks = (startSec + LATE_SEC) * TICKS_PER_SEC;
    const found = countBefore(keys.length, (key) => ptsTicks[keys[key]!]! <= atTicks) - 1;
    const pes = keys[n === 0 ? Math.max(0, found) : found];
    if (pes === undefined || (n > 0 && pes <= starts[n - 1]!.pes)) return null;
    starts.push({ pes, skipped: 0 });
  }
  return starts;
}

/** The first frame that begins within each segment; the first segment has all before it. */
function findSound({ ptsTicks }: TsStream, stepTicks: number, startsSec: readonly number[]): Start[] {
  return startsSec.map((startSec, n) => {
    const atTicks = (startSec - EARLY_SEC) * TICKS_PER_SEC;
    const pes = countBefore(ptsTicks.length, (own) => ptsTicks[own]! < atTicks) - 1;
    if (n === 0 || pes < 0) return { pes: 0, skipped: 0 };
    const skipped = Math.ceil((atTicks - ptsTicks[pes]!) / stepTicks);
    const next = ptsTicks[pes + 1];
    // So many frames may be more than the packet has: it is the next one then that begins the segment.
    const isNext = next !== undefined && ptsTicks[pes]! + skipped * stepTicks > next - stepTicks / 2;
    return isNext ? { pes: pes + 1, skipped: 0 } : { pes, skipped };
  });
}
