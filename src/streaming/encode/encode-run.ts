import { normaliseInit } from '../../media/container/init-segment.ts';
import { leadIn } from '../../media/container/lead-in.ts';
import { type Fit, moveSample } from '../../media/container/parameter-sets.ts';
import { lackingFilters } from '../../media/encode/filters.ts';
import { audioEncoding } from '../../media/plan/audio-encodings.ts';
import type { Rendition } from '../../media/types.ts';
import { type Ffmpeg, FfmpegError, type RunningProcess } from '../../platform/ffmpeg.ts';
import { whyUnreadable } from '../reading/open-path.ts';
import { createSegmentCutter, type Silence } from '../segment-cutter.ts';
import { boundariesOf, decodedOriginSec, type StreamRendition } from '../source.ts';
import { type EncodeRunSpec, encodeRunArgv, OFFSET_SEC, remuxRunArgv, startsOnKey } from './encode-run-argv.ts';
import { readEncoderOutput } from './fragment-reader.ts';
import { type Watchdog, watchForSilence } from './watchdog.ts';

export interface EncodeRunOptions extends EncodeRunSpec {
  priority: 'watching' | 'background';
  signal: AbortSignal;
  /** Each segment once, in order for each rendition. Not settling stops that output, and so the encoder. */
  onSegment: (rendition: StreamRendition, index: number, bytes: Buffer) => Promise<void>;
  /** The init segment of a rendition's encoder. Returns what is to be done to its samples. */
  onInit: (rendition: StreamRendition, init: Buffer) => Promise<Fit['move']>;
  /**
   * The first segment is made by an ffmpeg of its own, where the next one can enter the source without decoding anything
   * twice: an encoder hands on its last pictures when there are no more, and else only after it has looked at many of those
   * that follow.
   */
  firstAlone?: boolean;
  /** Asked before each fragment is read. While it does not settle nothing is read, and so the encoder pauses. */
  gate?: (signal: AbortSignal) => Promise<void>;
}

/**
 * One ffmpeg (two with `firstAlone`) that decodes a track once and makes the segments `firstSegment` to `endSegment` of one
 * or many renditions. Rejects with `FfmpegError`, the signal's reason, or whatever `onSegment` threw.
 */
export async function encodeRun(ffmpeg: Ffmpeg, options: EncodeRunOptions): Promise<void> {
  if (!options.firstAlone || !canBeParted(options)) return runFromPicture(ffmpeg, options);
  const next = options.firstSegment + 1;
  await runFromPicture(ffmpeg, { ...options, endSegment: next });
  // Where nobody wants more for now, there is no encoder that waits.
  await options.gate?.(options.signal);
  options.signal.throwIfAborted();
  await runFromPicture(ffmpeg, { ...options, firstSegment: next });
}

/** Whether the second segment can be begun with as quickly as gone on with. */
function canBeParted({ source, renditions, firstSegment, endSegment }: EncodeRunOptions): boolean {
  const { spec } = renditions[0]!;
  const isEncoded = spec.kind === 'video' && spec.cut !== 'remux';
  return isEncoded && firstSegment + 1 < endSegment && startsOnKey(source.timeline, spec, firstSegment + 1);
}

async function runFromPicture(ffmpeg: Ffmpeg, options: EncodeRunOptions): Promise<void> {
  const { firstSegment, onSegment } = options;
  const wanted: EncodeRunOptions['onSegment'] = async (rendition, index, bytes) => {
    if (index >= firstSegment) await onSegment(rendition, index, bytes);
  };
  // Where no picture begins, the last one before is to be shown: begun earlier, and earlier, until there is one.
  for (let back = 0; ; back = Math.max(1, back * 2)) {
    const from = Math.max(0, firstSegment - back);
    try {
      return await runOnce(ffmpeg, { ...options, firstSegment: from, onSegment: wanted });
    } catch (error) {
      if (!(error instanceof BeginsInHole)) throw error;
    }
  }
}

/** A run's first segment has no picture, and no earlier one to hold. */
class BeginsInHole extends Error {}

async function runOnce(ffmpeg: Ffmpeg, options: EncodeRunOptions): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const isRemux = options.renditions[0]!.spec.cut === 'remux';
  const argv = isRemux ? remuxRunArgv(options) : encodeRunArgv(options, lackingFilters(await ffmpeg.filters()));
  const running = ffmpeg.start(argv, { pipes: options.renditions.length, priority: options.priority, signal });
  const watchdog = watchForSilence(stop);
  const readers = options.renditions.map((rendition, n) =>
    readOutput({ ...options, signal }, rendition, running.pipes[n]!, watchdog),
  );
  try {
    await Promise.all(readers.map((reader) => reader.drained));
    // Packets are not told where to end: ffmpeg is stopped when the last segment is there.
    if (readers.every((reader) => reader.isDone())) return running.stop();
    await running.done;
    // A disk that goes away looks like the end of the film to ffmpeg: what it made of that is not to be kept.
    const away = await whyUnreadable(options.source.path);
    if (away) throw away;
    // Only an encoder that ended well has written its last fragments whole.
    await Promise.all(readers.map((reader) => reader.finish()));
  } catch (error) {
    stop.abort(error);
    // Nothing is written any more once this has ended.
    await Promise.allSettled(readers.map((reader) => reader.drained));
    // ffmpeg's own end explains more than a pipe that broke because of it.
    throw await explain(running, options.signal, error);
  } finally {
    watchdog.end();
  }
}

function readOutput(
  options: EncodeRunOptions,
  rendition: StreamRendition,
  pipe: RunningProcess['pipes'][number],
  watchdog: Watchdog,
) {
  const { source, firstSegment, endSegment, onInit, onSegment, gate, signal } = options;
  const { spec } = rendition;
  let cutter: ReturnType<typeof createSegmentCutter> | null = null;
  let originTicks = 0;
  let timescale = 1;
  let move: Fit['move'] = null;
  /** One past the last segment that was handed on. */
  let made = firstSegment;
  const isRemux = spec.cut === 'remux';
  const mayBegin = spec.kind !== 'video' || isRemux || firstSegment === 0;
  let hasBegun = mayBegin;
  const originSec = isRemux ? source.timeline.ffmpegOriginSec : decodedOriginSec(source.timeline, spec);
  const drain = async () => {
    for await (const item of readEncoderOutput(pipe)) {
      watchdog.alive();
      if (gate) await watchdog.waitFor(gate(signal));
      // What a stopped encoder still had in its pipe may be somebody else's to make by now.
      signal.throwIfAborted();
      if (item.kind === 'init') {
        ({ timescale } = item);
        const hasPicture = source.info.video.length > 0;
        const { editTicks, ...timing } = leadIn({
          kind: spec.kind,
          hasPicture,
          timescale,
          primingTicks: spec.kind === 'audio' && !isRemux ? audioEncoding(spec.codec).primingSamples : 0,
        });
        originTicks = Math.round((OFFSET_SEC + originSec) * timescale);
        cutter = createSegmentCutter({
          boundariesUs: boundariesOf(source.timeline, spec.grid),
          timescale,
          firstSegment,
          endSegment,
          keyed: spec.kind === 'video',
          toleranceTicks: Math.ceil(timescale / 2000),
          silence: silenceOf(spec),
          ...timing,
          closesEarly: !isRemux,
        });
        const level = spec.kind === 'video' ? spec.level : null;
        move = await onInit(rendition, normaliseInit(item.init, editTicks, level));
      } else if (cutter) {
        const samples = item.samples.map((sample) => ({
          ...sample,
          ptsTicks: sample.ptsTicks - originTicks,
          data: move ? moveSample(sample.data, sample.key, move) : sample.data,
        }));
        if (!hasBegun) {
          const firstTicks = Math.min(...samples.map(({ ptsTicks }) => ptsTicks));
          const nextUs = boundariesOf(source.timeline, spec.grid)[firstSegment + 1]!;
          if ((firstTicks / timescale) * 1e6 >= nextUs - 500) throw new BeginsInHole();
          hasBegun = true;
        }
        for (const { index, bytes } of cutter.push(samples)) {
          signal.throwIfAborted();
          await watchdog.waitFor(onSegment(rendition, index, bytes));
          made = index + 1;
        }
        // Packets go on to the end of the file, and would only be thrown away.
        if (isRemux && made >= endSegment) return;
      }
    }
  };
  return {
    drained: drain(),
    isDone: () => isRemux && made >= endSegment,
    async finish() {
      if (!hasBegun) throw new BeginsInHole();
      for (const { index, bytes } of cutter?.finish() ?? []) await onSegment(rendition, index, bytes);
    },
  };
}

function silenceOf(spec: Rendition): Silence | null {
  if (spec.kind === 'video' || spec.mode === 'copied') return null;
  const { silence, frameSamples, primingSamples } = audioEncoding(spec.codec);
  return { data: silence(spec.channels), frameTicks: frameSamples, primingTicks: primingSamples };
}

async function explain(running: RunningProcess, signal: AbortSignal, error: unknown): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  try {
    await running.done;
    return error;
  } catch (ending) {
    return ending instanceof FfmpegError ? ending : error;
  }
}
