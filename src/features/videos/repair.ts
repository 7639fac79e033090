import { newId } from '../../core/ids.ts';
import type { Container } from '../../media/types.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import { isStorageAway } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import { findClockJumps } from '../../streaming/inspect/clock-repair.ts';
import { roomBytes } from '../instance/disk.service.ts';
import { noRoomForRepair } from './problems.ts';
import type { sources } from './schema.ts';

type Row = Pick<typeof sources.$inferSelect, 'videoId' | 'sizeBytes' | 'repairedKey'>;

/**
 * A file whose clock jumps (parts put one behind the other, a recording that was interrupted) plays only up to the jump: a copy
 * in which it goes on is put into storage, and the original left alone. Returns its key; null where the file is played itself.
 * Throws `no-room-for-repair` with a sentence for the owner where there is no room for the copy.
 */
export async function repairClock(
  app: App,
  source: Row,
  options: Pick<JobContext, 'signal' | 'progress'> & { path: string; container: Container },
): Promise<string | null> {
  const { path, container, signal, progress } = options;
  const { videoId, repairedKey } = source;
  if (repairedKey !== null && (await app.storage.stat(repairedKey))) return repairedKey;
  const folder = `videos/${videoId}/repaired/`;
  const repair = await findClockJumps(path, container, { signal });
  await app.storage.deletePrefix(folder).catch((error: unknown) => {
    // What plays without a copy need not wait for a bucket that is away; there is hardly ever one to delete.
    if (repair || !isStorageAway(error)) throw error;
  });
  if (!repair) return null;
  // A bucket has no limit to tell.
  const room = (await app.storage.space()) ? await roomBytes(app) : null;
  if (room !== null && source.sizeBytes > room) {
    throw noRoomForRepair(
      `The timestamps in this file jump. To play it, Kinora needs a repaired copy of ${size(source.sizeBytes)}, and there is room for ${size(Math.max(0, room))}. Free some space on the server, then try again.`,
    );
  }
  // A new name each time: what is still open of an earlier copy stays what it was.
  const key = `${folder}${newId(8)}.${container.extension}`;
  const bytes = repair.bytes((share) => progress(Math.floor(share * 100)), signal);
  await app.storage.put(key, bytes);
  signal.throwIfAborted();
  return key;
}

const size = (bytes: number) => (bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
