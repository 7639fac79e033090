import { and, eq, gt, isNull } from 'drizzle-orm';
import { DAY_MS } from '../../core/time.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { storageFull } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import { roomBytes } from '../instance/disk.service.ts';
import { videos } from '../videos/schema.ts';
import type { UploadFiles } from './files.service.ts';

/** Whether the disk has room for one more file beside those that are on their way. */
export interface Room {
  /** Throws `storage-full`. `exceptId`: a video that has been counted already, and is the one this is about. */
  check(tx: Tx, sizeBytes: number, exceptId?: string): void;
}

/** Measured outside of the transaction in which it is checked: of two that begin at once, the second knows of the first. */
export async function measureRoom(app: App, files: UploadFiles): Promise<Room> {
  const room = await roomBytes(app);
  const received = await receivedByUpload(app, files);
  return {
    check(tx, sizeBytes, exceptId) {
      if (room !== null && sizeBytes > room - awaitedBytes(app, tx, received, exceptId)) {
        throw noRoom(sizeBytes <= room);
      }
    },
  };
}

/** An upload that nobody has gone on with for so long keeps no room free, or announcing would be enough to keep everybody out. */
const KEEPS_ROOM_MS = DAY_MS;

function unfinishedUploads(app: App, db: Db['orm'] | Tx) {
  return db
    .select({ id: videos.id, sizeBytes: videos.sizeBytes })
    .from(videos)
    .where(
      and(
        eq(videos.state, 'uploading'),
        isNull(videos.deletedAtMs),
        gt(videos.updatedAtMs, app.clock.nowMs() - KEEPS_ROOM_MS),
      ),
    )
    .all();
}

async function receivedByUpload(app: App, files: UploadFiles): Promise<Map<string, number>> {
  const uploads = unfinishedUploads(app, app.db.orm);
  const sizes = await Promise.all(uploads.map(async ({ id }) => [id, (await files.receivedBytes(id)) ?? 0] as const));
  return new Map(sizes);
}

/** What the unfinished uploads of everybody have announced and not sent yet. */
function awaitedBytes(app: App, tx: Tx, received: ReadonlyMap<string, number>, exceptId?: string): number {
  return unfinishedUploads(app, tx)
    .filter(({ id }) => id !== exceptId)
    .reduce((sum, { id, sizeBytes }) => sum + Math.max(0, sizeBytes - (received.get(id) ?? 0)), 0);
}

const noRoom = (becauseOfOthers: boolean) =>
  storageFull(
    becauseOfOthers
      ? "There is not enough room on the server's disk for this file beside the uploads that are under way. Try again when they are done, or ask its admin to make room."
      : "There is not enough room on the server's disk for this file. Ask its admin to make room.",
  );
