import { statSync } from 'node:fs';
import { Problem } from '../../core/problem.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { storageFull } from '../../platform/storage/port.ts';
import { type OfferedRun, WorkersGone } from '../../platform/workers/offered-runs.ts';
import type { Order, Report } from '../../platform/workers/protocol.ts';
import type { Workforce } from '../../platform/workers/workforce.ts';
import type { EncoderFacts, Urgency } from '../encode/encoder-slots.ts';
import type { StreamRendition, StreamSource } from '../source.ts';
import type { SegmentStore } from '../store/segment-store.ts';
import type { RunPayload } from './run-payload.ts';

/** A run that no worker could make: the server does it, or says why it cannot either. */
export class ElsewhereFailed extends Error {
  readonly log: string;
  constructor(message: string, log: string) {
    super(message);
    this.log = log;
  }
}

export interface ElsewhereOptions {
  source: StreamSource;
  renditions: StreamRendition[];
  firstSegment: number;
  /** One past the last. */
  endSegment: number;
  urgency: Urgency;
  /** Among equally urgent runs those of the lower one go first. */
  turn: number;
  signal: AbortSignal;
  /** A worker has come to it. False: it is not to be made any more. */
  begin: () => Promise<boolean>;
  onHeader: (rendition: StreamRendition) => void;
  /** Each segment once, in order for each rendition. It is in the storage. */
  onStored: (rendition: StreamRendition, index: number, sizeBytes: number) => Promise<void>;
  /** For the admin. */
  progress: () => { segment: number; speed: number | null };
}

export interface ElsewhereRun {
  /** Somebody else makes what comes from this segment on. */
  until(segment: number): void;
  /** Rejects with `WorkersGone`, `ElsewhereFailed`, `storage-full` or the signal's reason: nobody is at it any more then. */
  done: Promise<void>;
}

/** Runs that workers make in the server's place. */
export interface Elsewhere {
  /** The server itself encodes nothing beforehand: it waits for workers as long as it takes. */
  only: boolean;
  slots(): number;
  ready(source: Pick<StreamSource, 'key'>, signal: AbortSignal): Promise<boolean>;
  follow(fn: () => void): () => void;
  encode(options: ElsewhereOptions): ElsewhereRun;
  list(): EncoderFacts[];
}

export interface ElsewherePorts {
  workforce: Workforce;
  /** Whether workers find an object in their storage, too. */
  isShared: (key: string) => Promise<boolean>;
  store: SegmentStore;
  clock: Clock;
  log: Log;
  version: string;
  settings: { preset: string; crf: number; audioKbps: number };
  only: boolean;
}

/** BullMQ's priorities go from 1 to 2^21: eager work behind all uploads. */
const TURNS = 2 ** 20;
const LOOK_AGAIN_MS = 1000;

export function createElsewhere(ports: ElsewherePorts): Elsewhere {
  const { workforce, isShared, store, clock, log } = ports;
  const running = new Map<number, () => EncoderFacts>();
  let count = 0;

  function encode(options: ElsewhereOptions): ElsewhereRun {
    const { source, renditions, urgency, signal } = options;
    const nowMs = clock.nowMs();
    // Below zero, where encoders of this machine have none.
    const id = -++count;
    let begun: Promise<boolean> | null = null;
    let beganAtMs: number | null = null;

    async function heed(report: Report, run: OfferedRun): Promise<void> {
      if (report.kind === 'taken') {
        begun ??= signal.aborted ? Promise.resolve(false) : options.begin();
        const mayBegin = await begun;
        if (mayBegin) beganAtMs ??= clock.nowMs();
        return run.tell({ order: mayBegin ? 'go' : 'stop' });
      }
      const rendition = renditions.find((one) => one.id === report.rendition);
      if (!rendition) return;
      if (report.kind === 'segment') return options.onStored(rendition, report.index, report.sizeBytes);
      const move = await store.fitInit(rendition, Buffer.from(report.init, 'base64'), report.byDevice);
      options.onHeader(rendition);
      const sets = move?.sets.map((set) => set.toString('base64')) ?? [];
      run.tell({ order: 'fit', rendition: rendition.id, move: move && { ...move, sets } } satisfies Omit<
        Extract<Order, { order: 'fit' }>,
        'run'
      >);
    }

    const offered = workforce.offer({
      line: renditions[0]!.spec.kind === 'audio' ? 'sound' : 'picture',
      payload: payloadOf(ports, options),
      priority: 1 + (options.turn % TURNS) + (urgency === 'eager' ? TURNS - 1 : 0),
      signal,
      onReport: heed,
    });
    running.set(id, () => ({
      id,
      urgency,
      worker: offered.worker(),
      state: beganAtMs === null ? 'waiting' : 'working',
      sinceMs: beganAtMs ?? nowMs,
      videoId: source.videoId,
      renditionIds: renditions.map((rendition) => rendition.id),
      viewers: 0,
      ...options.progress(),
    }));

    async function finish(): Promise<void> {
      try {
        const outcome = await offered.done;
        if (outcome.outcome === 'done') return;
        if (outcome.outcome === 'stopped') throw new WorkersGone('It was given back.');
        if (outcome.outcome === 'failed' && outcome.isFull) throw storageFull(outcome.why);
        const who = offered.worker() ?? 'A worker';
        log.warn({ worker: who, videoId: source.videoId }, `${who} could not encode: ${outcome.why}`);
        throw new ElsewhereFailed(`${who}: ${outcome.why}`, outcome.outcome === 'failed' ? outcome.log : '');
      } catch (error) {
        if (!(error instanceof Problem)) await Promise.all(renditions.map((one) => store.refresh(one)));
        throw error;
      } finally {
        running.delete(id);
      }
    }

    return { until: (segment) => offered.tell({ order: 'until', segment }), done: finish() };
  }

  return {
    only: ports.only,
    slots: workforce.slots,
    async ready({ key }, signal) {
      // An upload that is still being sent to its bucket is here alone: no worker finds it.
      const isThere = async () => key === undefined || (await isShared(key).catch(() => false));
      while (!(await workforce.ready(signal)) || !(await isThere())) {
        if (!ports.only) return false;
        await clock.sleep(LOOK_AGAIN_MS, signal);
      }
      return true;
    },
    follow: workforce.follow,
    encode,
    list: () => [...running.values()].map((facts) => facts()),
  };
}

function payloadOf({ version, settings }: ElsewherePorts, options: ElsewhereOptions): RunPayload {
  const { id, videoId, info, timeline, path, key } = options.source;
  const { preset, crf, audioKbps } = settings;
  return {
    format: 1,
    version,
    source: { id, videoId, file: key ? { key } : { path, sizeBytes: sizeOf(path) }, info, timeline },
    renditions: options.renditions.map((rendition) => ({ id: rendition.id, spec: rendition.spec })),
    firstSegment: options.firstSegment,
    endSegment: options.endSegment,
    settings: { preset, crf, audioKbps },
  };
}

/** Throws ENOENT as whoever reads it here would. */
const sizeOf = (path: string) => statSync(path).size;
