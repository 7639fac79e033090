import { createHash } from 'node:crypto';
import { MINUTE_MS, SECOND_MS, type TimeMs } from '../../core/time.ts';
import type { Clock } from '../../platform/clock.ts';
import type { App } from '../../ports.ts';

/** The segment somebody asked for last of a picture or of a sound. */
interface Asked {
  renditionId: string;
  index: number;
}

/** Somebody who watches something: one account, or one address, and one video. */
export interface Playing {
  id: string;
  videoId: string;
  userId: string | null;
  address: string;
  video: Asked | null;
  audio: Asked | null;
  /** What their player said of where it is; null where it has not lately. */
  positionMs: number | null;
  sinceMs: TimeMs;
  seenAtMs: TimeMs;
  bytesPerSecond: number;
}

export interface SegmentRequest extends Asked {
  kind: 'video' | 'audio';
  videoId: string;
  userId: string | null;
  address: string;
}

/**
 * Who watches now, by what they ask for: kept in memory alone, bounded, and forgotten a while after the last segment.
 */
export interface NowPlaying {
  /** Somebody asked for a segment; the function it returns counts the bytes that went out for it. */
  asked(request: SegmentRequest): (bytes: number) => void;
  /**
   * Somebody's player said where it is: who has loaded all of a film is heard of in this way alone. Links to public videos
   * name nobody, so whoever plays one at the same address is taken for them.
   */
  reached(said: { userId: string; videoId: string; positionMs: number; address: string }): void;
  list(): Playing[];
}

/** Players load a minute ahead, and ask for nothing meanwhile. */
const GONE_MS = 90 * SECOND_MS;
/** Rates are those of the last half minute, in steps of a second. */
const RATE_SEC = 30;
/** Players say where they are every few seconds. */
const SAID_MS = MINUTE_MS;
const KEPT = 2000;

interface Entry extends Omit<Playing, 'positionMs' | 'bytesPerSecond'> {
  said: { positionMs: number; atMs: TimeMs } | null;
  /** Bytes by second, and which second each cell is about. */
  bytes: Float64Array;
  seconds: Float64Array;
}

export function createNowPlaying(clock: Clock): NowPlaying {
  /** Those heard of last are at the end. */
  const entries = new Map<string, Entry>();

  function forgetGone(): void {
    const oldestMs = clock.nowMs() - GONE_MS;
    for (const [key, { seenAtMs }] of entries) {
      if (seenAtMs > oldestMs && entries.size <= KEPT) break;
      entries.delete(key);
    }
  }

  function entryOf({ videoId, userId, address }: SegmentRequest): Entry {
    const key = `${userId ?? `address ${address}`} ${videoId}`;
    forgetGone();
    const nowMs = clock.nowMs();
    const entry: Entry = entries.get(key) ?? {
      id: shortHash(key),
      videoId,
      userId,
      address,
      video: null,
      audio: null,
      said: null,
      sinceMs: nowMs,
      seenAtMs: nowMs,
      bytes: new Float64Array(RATE_SEC),
      seconds: new Float64Array(RATE_SEC),
    };
    entries.delete(key);
    entries.set(key, entry);
    entry.seenAtMs = nowMs;
    entry.address = address;
    return entry;
  }

  return {
    asked(request) {
      const entry = entryOf(request);
      entry[request.kind] = { renditionId: request.renditionId, index: request.index };
      return (bytes) => {
        const second = Math.floor(clock.nowMs() / SECOND_MS);
        const cell = second % RATE_SEC;
        if (entry.seconds[cell] !== second) {
          entry.seconds[cell] = second;
          entry.bytes[cell] = 0;
        }
        entry.bytes[cell]! += bytes;
      };
    },
    reached({ userId, videoId, positionMs, address }) {
      forgetGone();
      const key = [`${userId} ${videoId}`, `address ${address} ${videoId}`].find((name) => entries.has(name));
      const entry = key === undefined ? undefined : entries.get(key);
      if (key === undefined || !entry) return;
      const atMs = clock.nowMs();
      entries.delete(key);
      entries.set(key, entry);
      entry.seenAtMs = atMs;
      entry.userId = userId;
      entry.said = { positionMs, atMs };
    },
    list() {
      forgetGone();
      const nowMs = clock.nowMs();
      return [...entries.values()]
        .map(({ said, bytes, seconds, ...entry }) => ({
          ...entry,
          positionMs: said && nowMs - said.atMs < SAID_MS ? said.positionMs : null,
          bytesPerSecond: rateOf({ bytes, seconds }, entry.sinceMs, nowMs),
        }))
        .toSorted((a, b) => b.sinceMs - a.sinceMs);
    },
  };
}

function rateOf({ bytes, seconds }: Pick<Entry, 'bytes' | 'seconds'>, sinceMs: TimeMs, nowMs: TimeMs): number {
  const oldest = Math.floor(nowMs / SECOND_MS) - RATE_SEC;
  const sent = bytes.reduce((sum, cell, n) => (seconds[n]! > oldest ? sum + cell : sum), 0);
  const overSec = Math.min(RATE_SEC, Math.max(1, (nowMs - sinceMs) / SECOND_MS));
  return Math.round(sent / overSec);
}

/** Lists need a name for each that says nothing and stays. */
const shortHash = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 16);

const kept = new WeakMap<App, NowPlaying>();

export function nowPlaying(app: App): NowPlaying {
  let found = kept.get(app);
  if (!found) kept.set(app, (found = createNowPlaying(app.clock)));
  return found;
}
