import { statfs } from 'node:fs/promises';
import { KEEP_FREE_BYTES } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import type { DiskWire } from './api.ts';

const GB = 1e9;
/** Work that makes files; what answers people and what keeps order goes on. */
const HELD_LANES = ['encode', 'image', 'caption', 'import'] as const;
/** Room has to come back by more than a file or two before work goes on, or else it would stop again at once. */
const BACK = 1.25;

interface Watch {
  low: boolean;
  looking: Promise<void> | null;
}
const watches = new WeakMap<App, Watch>();
const watchOf = (app: App): Watch => {
  let watch = watches.get(app);
  if (!watch) watches.set(app, (watch = { low: false, looking: null }));
  return watch;
};

/** Room that is left free for everything else on the disk; at least twice what storage never fills. */
function keepFreeBytes(app: App, totalBytes: number): number {
  const { keepFreeGb } = app.config.cache;
  const wanted = keepFreeGb === 'auto' ? Math.min(5 * GB, totalBytes * 0.05) : keepFreeGb * GB;
  return Math.max(2 * KEEP_FREE_BYTES, wanted);
}

/**
 * Periodic: when the disk is nearly full, segments that can be made again go first; where that is not enough, work that fills
 * it pauses and admins are told. All goes on by itself when there is room again.
 */
export function watchDisk(app: App): Promise<void> {
  const watch = watchOf(app);
  watch.looking ??= look(app, watch).finally(() => {
    watch.looking = null;
  });
  return watch.looking;
}

/**
 * The disk that Kinora writes to: storage's own, or, where storage is a bucket, that of the data folder, on which uploads are
 * collected and wait.
 */
export async function diskSpace(app: App): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(app.dataDir.path);
  return (await app.storage.space()) ?? { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Whether letting go of segments makes room on that disk. */
const holdsSegments = async (app: App) => (await app.storage.space()) !== null;

async function look(app: App, watch: Watch): Promise<void> {
  const space = await diskSpace(app);
  const keepBytes = keepFreeBytes(app, space.totalBytes);
  let { freeBytes } = space;
  if (freeBytes < keepBytes && (await holdsSegments(app)))
    freeBytes += await app.streaming.cache.shrink(keepBytes * BACK - freeBytes);
  const low = freeBytes < (watch.low ? keepBytes * BACK : keepBytes);
  if (low === watch.low) return;
  watch.low = low;
  const left = `${gigabytes(freeBytes)} left of ${gigabytes(space.totalBytes)}`;
  const reason = low ? `The disk is nearly full: ${left}. This goes on when there is room.` : null;
  for (const lane of HELD_LANES) app.queue.hold(lane, reason);
  if (low) app.log.warn({ ...space, keepBytes }, `The disk is nearly full: ${left}. Encoding ahead is paused.`);
  else app.log.info({ ...space, keepBytes }, `There is room on the disk again: ${left}. Encoding goes on.`);
  app.events.emit('disk.changed', { low });
}

/** Room for something new, such as an upload: what is free, and what the segment cache would give for it. */
export async function roomBytes(app: App): Promise<number> {
  const space = await diskSpace(app);
  const given = (await holdsSegments(app)) ? app.streaming.cache.bytes() : 0;
  return space.freeBytes + given - keepFreeBytes(app, space.totalBytes);
}

/** How full the disk is, for admins. */
export async function readDisk(app: App): Promise<DiskWire> {
  const space = await diskSpace(app);
  const { cache } = app.streaming;
  const keepBytes = keepFreeBytes(app, space.totalBytes);
  return {
    low: watchOf(app).low,
    space: { ...space, keepFreeBytes: keepBytes, resumeBytes: keepBytes * BACK },
    cache: { bytes: cache.bytes(), segments: cache.segments(), budgetBytes: cache.budgetBytes },
  };
}

const gigabytes = (bytes: number) => `${(bytes / GB).toFixed(1)} GB`;
