import { type CutPoint, TARGET_US } from '../../media/plan/boundaries.ts';
import { type CutTrack, createPacketReader, type PacketReader } from '../reading/cut-track.ts';
import type { LightPacket } from '../reading/packet-sink.ts';
import { BeyondEnd } from '../reading/source-files.ts';

/** So many key frames are held against the bitstream, spread over the film; one that is none, and all are. */
const SAMPLED = 64;
/** So many packets are looked into where the container calls everything a key frame; then it is given up. */
const MOST_LOOKED_INTO = 3000;
/** A segment is read into memory as a whole. */
const LONGEST_US = 60_000_000;
/** A key frame a little later than wanted is as good. */
const LATE_KEY_SEC = 0.5;
const METADATA = { metadataOnly: true } as const;

export interface Cuts {
  /** None where the track cannot be cut. */
  points: CutPoint[];
  /** Why it cannot be cut: a sentence. */
  refusal: string | null;
}

const refuse = (refusal: string): Cuts => ({ points: [], refusal });

/**
 * Finds where a video track can be cut, without walking it: the last key frame at or before each multiple of 4 s, if the
 * bitstream agrees that decoding can begin there, or else the next one before it.
 */
export async function findCuts(video: CutTrack, originSec: number, durationUs: number): Promise<Cuts> {
  const reader = await createPacketReader(video.open);
  // Of what an edit list hides, the last group of pictures is enough.
  const shown = await video.sink.getKeyPacket(originSec + 1e-5);
  const first = shown ?? (await video.sink.getFirstKeyPacket());
  if (!first) return refuse('Encoded: it has no key frame that a player could begin with.');
  if (!(await reader.isEntry(first))) {
    return refuse('Encoded: it begins with a picture that players cannot begin with.');
  }
  const count = Math.ceil(durationUs / TARGET_US);
  const stride = Math.max(1, Math.floor(count / SAMPLED));
  const search = { video, reader, first, originSec, durationUs };
  const sampled = await searchCuts(search, (n) => n < 4 || n % stride === 0);
  const points = sampled ?? (await searchCuts(search, null));
  if (!points) return refuse('Encoded: it calls frames key frames that are none.');
  const ends = [...points.slice(1).map(({ startUs }) => startUs), durationUs];
  const longestUs = Math.max(...points.map(({ startUs }, n) => ends[n]! - Math.max(0, startUs)));
  if (longestUs > LONGEST_US) {
    return refuse('Encoded: the key frames that players can begin with are over a minute apart.');
  }
  return { points, refusal: null };
}

interface Search {
  video: CutTrack;
  reader: PacketReader;
  first: LightPacket;
  originSec: number;
  durationUs: number;
}

/**
 * `isChecked`: which of the wanted places are held against the bitstream; null for all, then going back from false key frames to a real
 * one. Returns null where a checked one is no key frame, or where looking for real ones takes too long.
 */
async function searchCuts(search: Search, isChecked: ((n: number) => boolean) | null): Promise<CutPoint[] | null> {
  const { video, reader, first, originSec, durationUs } = search;
  const { sink } = video;
  const cuts: CutPoint[] = [];
  let lastSec = Number.NEGATIVE_INFINITY;
  let lookedInto = 0;
  for (let n = 0; n === 0 || n * TARGET_US + toUs(LATE_KEY_SEC) < durationUs; n++) {
    // Counted from the first key frame, as the others are; groups of 2.002 s drift, and are still to be met.
    const wantedSec = first.timestamp + (n * TARGET_US) / 1e6 + LATE_KEY_SEC;
    let key = n === 0 ? first : await sink.getKeyPacket(wantedSec, METADATA);
    while (key && key.timestamp > lastSec && n > 0 && (isChecked === null || isChecked(n))) {
      const whole: LightPacket | 'beyond' | null = await sink.getKeyPacket(key.timestamp + 1e-5).catch(orBeyond);
      // Of a film that was cut off, what is beyond its end is believed: what is before can be watched.
      if (whole === 'beyond' || (whole && (await reader.isEntry(whole)))) break;
      if (isChecked !== null || ++lookedInto > MOST_LOOKED_INTO) return null;
      key = await sink.getKeyPacket(key.timestamp - 1e-4, METADATA);
    }
    if (!key || key.timestamp <= lastSec) continue;
    lastSec = key.timestamp;
    const startSec = n === 0 ? key.timestamp : await earliestAfter(video, key);
    cuts.push({ keyUs: toUs(key.timestamp - originSec), startUs: toUs(startSec - originSec) });
  }
  return cuts;
}

function orBeyond(error: unknown): 'beyond' {
  if (error instanceof BeyondEnd) return 'beyond';
  throw error;
}

/** When the first picture is shown that a decoder makes of a track; null for an empty one. */
export async function firstShownSec(video: CutTrack): Promise<number | null> {
  const first = (await video.sink.getFirstKeyPacket()) ?? (await video.sink.getFirstPacket());
  if (!first) return null;
  const reader = await createPacketReader(video.open);
  return reader.skipsLeading(first) ? first.timestamp : earliestAfter(video, first);
}

/** The earliest presentation time among a key frame and the leading frames stored right behind it (open GOP). */
async function earliestAfter({ sink }: CutTrack, key: LightPacket): Promise<number> {
  let startSec = key.timestamp;
  let packet: LightPacket | null = key;
  for (let i = 0; i < 32 && packet; i++) {
    packet = await sink.getNextPacket(packet, METADATA);
    if (!packet || packet.timestamp > key.timestamp) break;
    startSec = Math.min(startSec, packet.timestamp);
  }
  return startSec;
}

const toUs = (seconds: number) => Math.round(seconds * 1e6);
