import { and, asc, count, eq, gt, isNotNull, isNull, lt, lte, max, sum } from 'drizzle-orm';
import { DAY_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { videos } from '../videos/schema.ts';
import type { FileKind } from './api.ts';
import type { DiskSample } from './forecast.ts';
import { diskDays, storageUsage } from './schema.ts';

interface Usage {
  bytes: number;
  files: number;
}

/** Counted less long ago than this is recent enough: a server that is started again does not walk its disk again. */
const COUNT_AGAIN_MS = 20 * 60 * 60 * 1000;
const started = new WeakSet<App>();
const FORECAST_MS = 30 * DAY_MS;
const KEPT_MS = 400 * DAY_MS;

/** Periodic: walks our own files, at the disk's pace and between requests, and writes down what they take. */
export async function countFiles(app: App): Promise<void> {
  const isStart = !started.has(app);
  started.add(app);
  const last = filesCountedAtMs(app);
  if (isStart && last !== null && app.clock.nowMs() - last < COUNT_AGAIN_MS) return;
  await recountFiles(app);
}

/** Walks them now, whenever that was done last. */
export async function recountFiles(app: App): Promise<void> {
  const usage = new Map<FileKind, Usage>();
  for await (const { key, sizeBytes } of app.storage.list('')) add(usage, kindOf(key), sizeBytes);
  replace(app, 'files', usage);
}

/** Periodic: sums up what each library has in its folders, from an index alone. */
export function sumLibraries(app: App): void {
  const rows = app.db.orm
    .select({ key: videos.libraryId, files: count(), bytes: sum(videos.sizeBytes).mapWith(Number) })
    .from(videos)
    .where(and(isNotNull(videos.libraryId), isNull(videos.deletedAtMs)))
    .groupBy(videos.libraryId)
    .all();
  replace(app, 'library', new Map(rows.map(({ key, bytes, files }) => [key!, { bytes, files }])));
}

/** Periodic: writes down how full the disk is; the last of a day stays. */
export async function noteDisk(app: App): Promise<void> {
  const space = await app.storage.space();
  if (!space) return;
  const nowMs = app.clock.nowMs();
  const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  app.db.write((tx) => {
    tx.insert(diskDays)
      .values({ dayMs, ...space })
      .onConflictDoUpdate({ target: diskDays.dayMs, set: space })
      .run();
    tx.delete(diskDays)
      .where(lt(diskDays.dayMs, nowMs - KEPT_MS))
      .run();
  });
}

/** The days a forecast goes by, oldest first. */
export function recentDays(app: App): DiskSample[] {
  const nowMs = app.clock.nowMs();
  return app.db.orm
    .select({ atMs: diskDays.dayMs, freeBytes: diskDays.freeBytes, totalBytes: diskDays.totalBytes })
    .from(diskDays)
    .where(and(gt(diskDays.dayMs, nowMs - FORECAST_MS), lte(diskDays.dayMs, nowMs)))
    .orderBy(asc(diskDays.dayMs))
    .all();
}

export function filesCountedAtMs(app: App): number | null {
  const { of, countedAtMs } = storageUsage;
  return (
    app.db.orm
      .select({ atMs: max(countedAtMs) })
      .from(storageUsage)
      .where(eq(of, 'files'))
      .get()?.atMs ?? null
  );
}

function replace(app: App, of: 'files' | 'library', usage: Map<string, Usage>): void {
  const countedAtMs = app.clock.nowMs();
  app.db.write((tx) => {
    tx.delete(storageUsage).where(eq(storageUsage.of, of)).run();
    const rows = [...usage].map(([key, { bytes, files }]) => ({ of, key, bytes, files, countedAtMs }));
    if (rows.length > 0) tx.insert(storageUsage).values(rows).run();
  });
}

function add(usage: Map<FileKind, Usage>, kind: FileKind, sizeBytes: number): void {
  const found = usage.get(kind) ?? { bytes: 0, files: 0 };
  usage.set(kind, { bytes: found.bytes + sizeBytes, files: found.files + 1 });
}

const KIND_OF_FOLDER: Record<string, FileKind> = {
  source: 'originals',
  repaired: 'originals',
  hls: 'segments',
  images: 'images',
  captions: 'captions',
};

/** What a file of ours is for, by its storage key. */
export function kindOf(key: string): FileKind {
  const [top, , folder] = key.split('/');
  if (top === 'videos') return KIND_OF_FOLDER[folder ?? ''] ?? 'other';
  if (top === 'uploads') return 'unfinished';
  if (top === 'backups') return 'backups';
  return /^(kinora|lock)\.db/.test(key) ? 'database' : 'other';
}
