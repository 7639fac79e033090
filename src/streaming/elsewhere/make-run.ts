import { stat } from 'node:fs/promises';
import { Problem } from '../../core/problem.ts';
import type { Fit } from '../../media/container/parameter-sets.ts';
import { type Ffmpeg, FfmpegError } from '../../platform/ffmpeg.ts';
import type { Hardware } from '../../platform/hardware.ts';
import type { Log } from '../../platform/log.ts';
import type { Storage } from '../../platform/storage/port.ts';
import type { Outcome } from '../../platform/workers/protocol.ts';
import { type RunContext, RunStopped } from '../../platform/workers/worker-link.ts';
import { encodeSegments } from '../encode/encode-segments.ts';
import { readInit, segmentKey } from '../store/segment-keys.ts';
import { RunPayload, streamOf } from './run-payload.ts';

export interface RunPorts {
  ffmpeg: Ffmpeg;
  hardware: Hardware;
  storage: Storage;
  log: Log;
  version: string;
}

/** A worker's part of a run: encodes it and puts its segments into the storage, telling the server of each. */
export async function makeRun(ports: RunPorts, offered: unknown, context: RunContext): Promise<Outcome> {
  const { ffmpeg, hardware, storage, log, version } = ports;
  const parsed = RunPayload.safeParse(offered);
  if (!parsed.success) return refused(`What the server asks for does not fit this worker: ${parsed.error.message}`);
  const payload = parsed.data;
  if (payload.version !== version) return refused(wrongVersion(version, payload.version));
  const path = await findSource(storage, payload.source.file);
  if (path === null) return refused(`It cannot read the original: ${placeOf(payload.source.file)} is not there.`);

  const { source, renditions } = streamOf(payload, path);
  const { firstSegment, endSegment } = payload;
  const told = {
    videoId: source.videoId,
    renditions: renditions.map(({ spec }) => spec.label),
    firstSegment,
    endSegment,
  };
  log.info(told, 'Encodes a part of a video.');
  const limit = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal]);
  /** Renditions that have not reached the place where somebody else goes on. */
  const left = new Set(renditions.map(({ id }) => id));
  try {
    await encodeSegments(
      { ffmpeg, hardware, store: { readInit: (rendition) => readInit(storage, rendition), fitInit } },
      {
        source,
        renditions,
        firstSegment,
        endSegment,
        ...payload.settings,
        priority: 'background',
        signal,
        onHeader: () => {},
        async onSegment(rendition, index, bytes) {
          if (index < context.until()) {
            await storage.put(segmentKey(rendition, index), bytes, { durable: false });
            log.debug({ segment: segmentKey(rendition, index) }, 'A segment is stored.');
            await context.report({ kind: 'segment', rendition: rendition.id, index, sizeBytes: bytes.length });
          }
          if (index + 1 < context.until()) return;
          left.delete(rendition.id);
          if (left.size === 0 && index + 1 < endSegment) limit.abort(new RunStopped('others go on from here'));
        },
      },
    );
    return { outcome: 'done' };
  } catch (error) {
    if (context.signal.aborted) {
      log.info({ ...told, why: (context.signal.reason as Error).message }, 'A part is given back.');
      return { outcome: 'stopped' };
    }
    if (limit.signal.aborted) return { outcome: 'done' };
    return failed(error);
  }

  /** A rendition's one init segment is fitted by the server alone: two who did it at once would undo each other's. */
  async function fitInit({ id }: { id: string }, run: Buffer, byDevice = false): Promise<Fit['move']> {
    const header = { kind: 'header', rendition: id, init: run.toString('base64'), byDevice } as const;
    const { move } = await context.ask(header, 'fit', (order) => order.order === 'fit' && order.rendition === id);
    return move && { ...move, sets: move.sets.map((set) => Buffer.from(set, 'base64')) };
  }
}

export function wrongVersion(own: string, servers: string): string {
  return `This worker is Kinora ${own}, the server ${servers}: install the same version on both.`;
}

const refused = (why: string): Outcome => ({ outcome: 'refused', why });

function failed(error: unknown): Outcome {
  const { message } = error as Error;
  const why = error instanceof Problem ? error.detail : message;
  return {
    outcome: 'failed',
    why,
    log: error instanceof FfmpegError ? error.log : '',
    isFull: error instanceof Problem && error.status === 507,
  };
}

type SourceFile = RunPayload['source']['file'];
const placeOf = (file: SourceFile) => ('key' in file ? file.key : file.path);

/** Where ffmpeg reads a source here; null where it is not. */
async function findSource(storage: Storage, file: SourceFile): Promise<string | null> {
  if ('key' in file) return (await storage.stat(file.key)) ? storage.addressOf(file.key) : null;
  const found = await stat(file.path).catch(() => null);
  // Another file of that name would make segments of another film.
  return found?.isFile() && found.size === file.sizeBytes ? file.path : null;
}
