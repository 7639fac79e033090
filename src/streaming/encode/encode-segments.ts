import { isByDevice } from '../../media/container/parameter-sets.ts';
import { type Ffmpeg, FfmpegError } from '../../platform/ffmpeg.ts';
import type { Hardware } from '../../platform/hardware.ts';
import type { StreamRendition } from '../source.ts';
import type { SegmentStore } from '../store/segment-store.ts';
import { type EncodeRunOptions, encodeRun } from './encode-run.ts';
import type { PictureEncoder } from './encode-run-argv.ts';

export interface SegmentPorts {
  ffmpeg: Ffmpeg;
  store: Pick<SegmentStore, 'readInit' | 'fitInit'>;
  hardware: Hardware;
}

/**
 * `encodeRun` by devices where there are any. When one fails, at its start or hours later, software goes on in the same run
 * from the segment it was at; what was made stays, and everything decodes by the rendition's one init segment.
 */
export async function encodeSegments(
  { ffmpeg, store, hardware }: SegmentPorts,
  options: Omit<EncodeRunOptions, 'onInit' | 'encoderOf'> & { onHeader: (rendition: StreamRendition) => void },
): Promise<void> {
  const next = new Map(options.renditions.map(({ id }) => [id, options.firstSegment]));
  const run = (encoders: Map<string, PictureEncoder>, firstSegment: number) =>
    encodeRun(ffmpeg, {
      ...options,
      firstSegment,
      encoderOf: ({ id }) => encoders.get(id)!,
      async onInit(rendition, init) {
        const move = await store.fitInit(rendition, init, Boolean(encoders.get(rendition.id)!.hardware));
        options.onHeader(rendition);
        return move;
      },
      async onSegment(rendition, index, bytes) {
        // Renditions of one run are not all equally far when it breaks off.
        if (index < next.get(rendition.id)!) return;
        await options.onSegment(rendition, index, bytes);
        next.set(rendition.id, index + 1);
      },
    });
  const reached = () => Math.min(...next.values());

  const encoders = await chooseAll(store, hardware, options.renditions);
  const devices = [...encoders.values()].flatMap((one) => one.hardware ?? []);
  try {
    await run(encoders, options.firstSegment);
    for (const device of devices) hardware.succeeded(device);
  } catch (error) {
    if (devices.length === 0 || options.signal.aborted || !isOfDevice(error)) throw error;
    const guilty = devices.filter(({ encoder }) => error.log.includes(encoder));
    for (const device of guilty.length > 0 ? guilty : devices) hardware.failed(device, error);
    const from = reached();
    if (from >= options.endSegment) return;
    await run(await chooseAll(store, null, options.renditions), from).catch((again) => {
      // Software cannot do it either: it was not the device.
      if (again instanceof FfmpegError && reached() === from) for (const device of devices) hardware.succeeded(device);
      throw again;
    });
  }
}

/**
 * How a rendition's pictures are encoded: by a device, if there is one now and the rendition is new or was begun by one.
 * `stored` is the rendition's init segment, if it has one.
 */
export function chooseEncoder(
  hardware: Pick<Hardware, 'encoderFor'> | null,
  stored: Buffer | null,
  { spec }: StreamRendition,
): PictureEncoder {
  if (spec.cut === 'remux') return { hardware: null, inOrder: false };
  const begunByDevice = stored !== null && isByDevice(stored);
  const device = spec.kind === 'video' && (stored === null || begunByDevice) ? hardware?.encoderFor(spec.codec) : null;
  if (device) return { hardware: device, inOrder: true };
  return { hardware: null, inOrder: begunByDevice && REORDERING.has(spec.codec) };
}

const REORDERING = new Set(['h264', 'hevc']);

async function chooseAll(
  store: SegmentPorts['store'],
  hardware: Hardware | null,
  renditions: StreamRendition[],
): Promise<Map<string, PictureEncoder>> {
  const chosen = renditions.map(
    async (rendition) => [rendition.id, chooseEncoder(hardware, await store.readInit(rendition), rendition)] as const,
  );
  return new Map(await Promise.all(chosen));
}

/** Whether a failure may be a device's fault: not where ffmpeg is missing, the disk is full, or a source cannot be reached. */
function isOfDevice(error: unknown): error is FfmpegError {
  return error instanceof FfmpegError && error.reason !== 'missing';
}
