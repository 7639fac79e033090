import { defineProblem, Problem } from '../core/problem.ts';
import type { MediaInfo } from '../media/types.ts';
import type { Clock } from '../platform/clock.ts';
import { type Ffmpeg, FfmpegError } from '../platform/ffmpeg.ts';
import type { Hardware } from '../platform/hardware.ts';
import type { Log } from '../platform/log.ts';
import type { Machine } from '../platform/machine.ts';
import type { Storage } from '../platform/storage/port.ts';
import type { Workforce, WorkforceFacts } from '../platform/workers/workforce.ts';
import { VERSION } from '../version.ts';
import { createElsewhere } from './elsewhere/elsewhere.ts';
import { createArrivals } from './encode/arrivals.ts';
import { createClaims } from './encode/claims.ts';
import type { SessionSettings } from './encode/encode-ports.ts';
import { createEncodeSessions, type SegmentAsk, type SessionFact } from './encode/encode-sessions.ts';
import { encoderMemoryBytes, slotsOf } from './encode/encoder-costs.ts';
import { createEncoderSlots, type EncoderFacts, type SlotAsk } from './encode/encoder-slots.ts';
import { fillLadder } from './encode/fill-ladder.ts';
import type { FillOptions } from './encode/fill-plan.ts';
import { createHeaders } from './encode/headers.ts';
import { cutTracks, type Inspection, inspectSource } from './inspect/inspect.ts';
import { hasKeyFrames, readKeyFrame } from './packager/key-frames.ts';
import { createPackager } from './packager/packager.ts';
import { createPacketThread } from './packager/packet-thread.ts';
import { createInputPool } from './reading/input-pool.ts';
import { whyUnreadable } from './reading/open-path.ts';
import { createSourceFiles, isSystemError } from './reading/source-files.ts';
import { isMadeBySessions, type StreamRendition, type StreamSource, segmentCount } from './source.ts';
import { type CacheKeeper, createCacheKeeper } from './store/cache-keeper.ts';
import { createHotCache } from './store/hot-cache.ts';
import { createSegmentCache } from './store/segment-cache.ts';
import { createSegmentStore, type SegmentStore } from './store/segment-store.ts';

export const segmentNotFound = defineProblem('segment-not-found', 404);
const segmentUnavailable = defineProblem('segment-unavailable', 503);

/** The model of DESIGN section 2 made real: a rendition is a lazily filled array of segments. */
export interface Streaming {
  /**
   * Measures a source's clocks and boundaries, finds which tracks can be copied, and makes what is to be kept of their
   * indexes (`StreamSource.indexes`).
   */
  inspect(path: string, info: MediaInfo): Promise<Inspection & { indexes: Map<number, Buffer> }>;
  /** A rendition's init segment. `viewer` is who asks, as in `SegmentAsk`. */
  init(source: StreamSource, rendition: StreamRendition, viewer?: string): Promise<Buffer>;
  /**
   * One segment, from memory, the store, the packager or an encoder, whichever is quickest.
   * Throws `segment-not-found` outside the range and `segment-unavailable` when it cannot be made now.
   */
  segment(source: StreamSource, rendition: StreamRendition, index: number, ask?: SegmentAsk): Promise<Buffer>;
  /**
   * What there is of a segment before anything is made: its bytes where they are in memory, else the storage key of its file.
   * Null: `segment` has to make it. `viewer` as in `SegmentAsk`; `asFile`: a file is better than memory.
   */
  find(
    rendition: StreamRendition,
    index: number,
    ask: { viewer: string; asFile: boolean },
  ): Promise<Buffer | { key: string } | null>;
  /** What a viewer of a video waits for: how many are served before them, or null when their part is being made. */
  waiting(viewer: string, videoId: string): { ahead: number | null } | null;
  /** Key frames as a small film for pictures (`Packager.keyFrames`): n seconds into it is the n-th moment. */
  keyFrames(source: StreamSource, trackIndex: number, momentsUs: readonly number[]): AsyncGenerator<Buffer>;
  /** Whether `keyFrame` has all key frames of a rendition. */
  hasKeyFrames(source: StreamSource, rendition: StreamRendition): Promise<boolean>;
  /** The key frame of a segment alone. Never starts an encoder: throws `segment-not-found` for what is not stored. */
  keyFrame(source: StreamSource, rendition: StreamRendition, index: number): Promise<Buffer>;
  /** Makes all that is missing of encoded renditions, as a background job. */
  fill(options: FillOptions): Promise<void>;
  /** Runs something short that decodes or encodes, when it is its turn. */
  withSlot<T>(urgency: SlotAsk['urgency'], signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>;
  store: SegmentStore;
  cache: CacheKeeper;
  /** Every encoder, at work, paused or waiting for its turn, and how many may work at once. */
  encoders(): { slots: number; items: EncoderFacts[] };
  /** Who encodes beforehand in our place; null where nobody was asked to (`jobs.redis`). */
  workers(): WorkforceFacts | null;
  sessions(): SessionFact[];
  /** Stops and forgets all of a video's: it is going away. */
  release(videoId: string): Promise<void>;
  close(): Promise<void>;
}

const HOT_BYTES = 64 * 1024 * 1024;
/** For an ffmpeg that makes a frame or two. */
const SHORT_WORK_BYTES = 128 * 1024 * 1024;

const keyOf = (rendition: StreamRendition, name: string | number) => `${rendition.videoId}/${rendition.id}/${name}`;

export function createStreaming(ports: {
  storage: Storage;
  ffmpeg: Ffmpeg;
  hardware: Hardware;
  clock: Clock;
  log: Log;
  machine: Machine;
  settings: SessionSettings & { concurrency: number };
  /** For segments made on demand; asked each time. */
  cacheBytes: () => number;
  /** Other processes that encode beforehand; null where there are none. */
  workforce: Workforce | null;
}): Streaming {
  const { storage, ffmpeg, hardware, clock, log, machine, settings, cacheBytes, workforce } = ports;
  const files = createSourceFiles({ openAddress: storage.openAddress });
  const pool = createInputPool(files);
  const thread = createPacketThread();
  const packager = createPackager(pool, files, thread);
  const hot = createHotCache(HOT_BYTES);
  const known = createSegmentCache(clock);
  const store = createSegmentStore(storage, known, clock, (rendition) => hot.forget(keyOf(rendition, 'init')));
  const cache = createCacheKeeper({ cache: known, store, budgetBytes: cacheBytes, log });
  const slots = createEncoderSlots({
    slots: slotsOf(settings.sessions, machine),
    memoryBytes: encoderMemoryBytes(machine),
    clock,
  });
  const elsewhere =
    workforce &&
    createElsewhere({
      workforce,
      isShared: storage.isShared,
      store,
      clock,
      log,
      settings,
      version: VERSION,
      only: settings.concurrency === 0,
    });
  const encodePorts = {
    ffmpeg,
    hardware,
    store,
    cache,
    slots,
    elsewhere,
    machine,
    clock,
    log,
    settings,
    claims: createClaims(),
    arrivals: createArrivals(),
  };
  const sessions = createEncodeSessions(encodePorts);
  let fills = 0;

  const headers = createHeaders({
    ffmpeg,
    hardware,
    store,
    sessions,
    settings,
    short: (work) =>
      slots.run({ urgency: 'watching', light: true, memoryBytes: SHORT_WORK_BYTES, owner: null }, undefined, work),
  });

  async function makeSegment(source: StreamSource, rendition: StreamRendition, index: number, ask?: SegmentAsk) {
    const stored = await store.read(rendition, index);
    if (stored) return stored;
    await sessions.make(source, rendition, index, ask);
    const made = await store.read(rendition, index);
    if (!made) throw segmentUnavailable('This part of the video was made, but cannot be read back. Try again.');
    return made;
  }

  return {
    async inspect(path, info) {
      const release = pool.hold();
      try {
        const found = await inspectSource({ pool, ffmpeg }, path, info);
        const source = { id: '', videoId: '', path, info, timeline: found.timeline };
        return { ...found, indexes: await packager.indexTracks(source, cutTracks(info, found)) };
      } finally {
        release();
      }
    },
    init: (source, rendition, viewer) =>
      hot.get(keyOf(rendition, 'init'), () =>
        guarded(
          () =>
            isMadeBySessions(rendition.spec)
              ? headers.get(source, rendition, viewer)
              : cut(() => packager.init(source, rendition)),
          source.path,
        ),
      ),
    hasKeyFrames: (source, rendition) => hasKeyFrames(store, source, rendition),
    async keyFrame(source, rendition, index) {
      checkRange(source, rendition, index);
      if (rendition.spec.kind !== 'video') throw segmentNotFound('Sound has no key frames.');
      const make = () => readKeyFrame({ store, packager }, source, rendition, index);
      const bytes = await guarded(() => (isMadeBySessions(rendition.spec) ? make() : cut(make)), source.path);
      if (!bytes) throw segmentNotFound('This key frame has not been encoded yet.');
      return bytes;
    },
    async find(rendition, index, { viewer, asFile }) {
      const name = keyOf(rendition, index);
      if (!isMadeBySessions(rendition.spec)) return hot.find(name);
      if (!(await store.present(rendition)).has(index)) return null;
      sessions.taken(rendition, index, viewer);
      known.watched(rendition, index);
      const kept = asFile ? null : hot.find(name);
      if (kept || (!asFile && hot.isWanted(name))) return kept;
      const key = store.keyOf(rendition, index);
      return key === null ? null : { key };
    },
    async segment(source, rendition, index, ask) {
      checkRange(source, rendition, index);
      if (!isMadeBySessions(rendition.spec)) {
        return hot.get(keyOf(rendition, index), () =>
          guarded(() => cut(() => packager.segment(source, rendition, index)), source.path),
        );
      }
      const stored = await store.present(rendition);
      // Only what is stored is shared through memory: a waiting request may be given up, and others must not suffer.
      if (stored.has(index)) {
        sessions.taken(rendition, index, ask?.viewer);
        known.watched(rendition, index);
        return hot.get(keyOf(rendition, index), () => makeSegment(source, rendition, index));
      }
      return guarded(() => makeSegment(source, rendition, index, ask), source.path);
    },
    keyFrames: (source, trackIndex, momentsUs) => packager.keyFrames(source, trackIndex, momentsUs),
    fill: (options) => fillLadder(encodePorts, { turn: ++fills, ...options }),
    store,
    cache,
    withSlot: (urgency, signal, work) =>
      slots.run({ urgency, light: true, memoryBytes: SHORT_WORK_BYTES, owner: null }, signal, work),
    waiting: (viewer, videoId) => sessions.waiting(viewer, videoId),
    encoders: () => ({ slots: slots.slots, items: [...slots.list(), ...(elsewhere?.list() ?? [])] }),
    workers: () => workforce?.facts() ?? null,
    sessions: () => sessions.list(),
    async release(videoId) {
      await sessions.stopVideo(videoId);
      hot.forget(`${videoId}/`);
      store.forget(videoId);
    },
    async close() {
      await sessions.close();
      pool.close();
      files.close();
      thread.close();
    },
  };
}

/** What the packager stumbles over is the file's fault, unless the system says otherwise (`code`, as in ENOENT or EIO). */
async function cut<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    // A problem is somebody else's: the storage that is away.
    if (error instanceof Problem) throw error;
    if (isSystemError(error)) throw unreadable(error);
    throw segmentUnavailable('The original file is damaged here: choose another quality, or go on behind this place.', {
      cause: error,
    });
  }
}

function checkRange({ timeline }: StreamSource, { spec }: StreamRendition, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < segmentCount(timeline, spec.grid)) return;
  throw segmentNotFound('This rendition has no segment of that number.');
}

/** Turns what goes wrong while a segment is made into an answer a viewer understands. */
async function guarded<T>(make: () => Promise<T>, path: string): Promise<T> {
  try {
    return await make();
  } catch (error) {
    // ffmpeg tells neither from the other: a film that is gone, and one that it cannot read.
    const isUnclear = error instanceof FfmpegError && error.reason === 'failed';
    const away = isUnclear || isSystemError(error) ? await whyUnreadable(path).catch(() => null) : null;
    if (away) throw unreadable(away);
    if (error instanceof FfmpegError) {
      const why = error.reason === 'missing' ? 'ffmpeg is not installed on the server' : 'the encoder stopped';
      throw segmentUnavailable(`This part of the video cannot be made now: ${why}.`, {
        cause: error,
        headers: { 'Retry-After': '5' },
      });
    }
    throw error;
  }
}

/** Gone with its disk, or for others' eyes only: nothing is known of what is in it. */
function unreadable(cause: unknown): Problem {
  const { code } = cause as NodeJS.ErrnoException;
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  const why = isForbidden ? 'the server is not allowed to read it' : 'its disk or folder may be gone for the moment';
  return segmentUnavailable(`The original file cannot be reached now: ${why}.`, {
    cause,
    headers: { 'Retry-After': '30' },
  });
}
