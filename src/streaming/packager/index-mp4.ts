import type { Mp4Index } from '../../media/container/mp4-index.ts';
import type { Mp4Track } from '../../media/container/mp4-track.ts';

/** Key frames are asked for a little later than they are, since times were rounded. */
const EPSILON_SEC = 0.0005;
const EARLY_SEC = 1e-6;

/**
 * Where each segment of a track begins in its tables. Of pictures `startsSec` are the times of the key frames segments begin
 * with, of sound the times they begin at; each segment lasts until the next one. Null where the tables do not agree with them.
 */
export function buildMp4Index(track: Mp4Track, kind: 'video' | 'audio', startsSec: readonly number[]): Mp4Index | null {
  const { keys, sampleCount, ptsTicks, editTicks, timescale } = track;
  const secondsOf = (sample: number) => (ptsTicks[sample]! - editTicks) / timescale;
  const starts =
    kind === 'video'
      ? keySamples(startsSec, keys, sampleCount, secondsOf)
      : soundSamples(startsSec, sampleCount, secondsOf);
  return starts && { ...track.index, rows: track.rowsOf([...starts, sampleCount]) };
}

/** The key frame that each segment begins with, as a sample's number. Null where there is not one for each. */
function keySamples(
  startsSec: readonly number[],
  keys: Uint32Array | null,
  sampleCount: number,
  secondsOf: (sample: number) => number,
): number[] | null {
  const keyCount = keys?.length ?? sampleCount;
  const sampleOf = (key: number) => (keys ? keys[key]! : key);
  const starts: number[] = [];
  let key = 0;
  for (const [n, startSec] of startsSec.entries()) {
    const atSec = startSec + EPSILON_SEC;
    while (key + 1 < keyCount && secondsOf(sampleOf(key + 1)) <= atSec) key++;
    const sample = sampleOf(key);
    const isThere = n === 0 || Math.abs(secondsOf(sample) - atSec) < 2 * EPSILON_SEC;
    if (!isThere || (n > 0 && sample <= starts[n - 1]!)) return null;
    starts.push(sample);
  }
  return starts.length > 0 ? starts : null;
}

/** The first sample that begins within each segment; the first segment has all before it. Null where times go back. */
function soundSamples(
  startsSec: readonly number[],
  sampleCount: number,
  secondsOf: (sample: number) => number,
): number[] | null {
  for (let sample = 1; sample < sampleCount; sample++) if (secondsOf(sample) < secondsOf(sample - 1)) return null;
  const starts: number[] = [];
  let sample = 0;
  for (const [n, startSec] of startsSec.entries()) {
    while (n > 0 && sample < sampleCount && secondsOf(sample) < startSec - EARLY_SEC) sample++;
    starts.push(sample);
  }
  return starts;
}
