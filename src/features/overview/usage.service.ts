import { setImmediate } from 'node:timers/promises';
import { and, asc, count, desc, eq, gt, gte, isNotNull, isNull, lt, lte, max, type SQL, sql, sum } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { rested } from '../../core/rested.ts';
import { DAY_MS, SECOND_MS } from '../../core/time.ts';
import { createFsStorage } from '../../platform/storage/fs.ts';
import type { App } from '../../ports.ts';
import { diskSpace } from '../instance/disk.service.ts';
import { Origin } from '../videos/api.ts';
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
async function recountFiles(app: App): Promise<void> {
  const usage = new Map<FileKind, Usage>();
  for await (const { key, sizeBytes } of app.storage.list('')) add(usage, kindOf(key), sizeBytes);
  // The database and all else that is no object of the storage; what waits for the bucket has been counted as in it.
  if (app.config.storage.driver !== 'fs') {
    for await (const { key, sizeBytes } of createFsStorage({ root: app.dataDir.path }).list('')) {
      if (!key.startsWith('outgoing/')) add(usage, kindOf(key), sizeBytes);
    }
  }
  replace(app, 'files', usage);
}

/** Counting takes no more than so small a part of the time: of a small instance at every look, of a huge one every few minutes or hours. */
const REST = 600;
const LEAST_REST_MS = SECOND_MS;
const countings = new WeakMap<App, { files: () => Promise<void>; videos: () => Promise<void> }>();

/**
 * Somebody looks: what has been counted a while ago is counted anew, unless that takes so long that it is not worth it yet.
 * Sums of the database are waited for; the walk through our files goes on behind. A bucket is left to the night: listing one
 * costs requests, which some are billed for.
 */
export async function refreshUsage(app: App): Promise<void> {
  let counting = countings.get(app);
  if (!counting) {
    counting = { files: restedCount(app, 'files', recountFiles), videos: restedCount(app, 'videos', sumVideos) };
    countings.set(app, counting);
  }
  if (app.config.storage.driver === 'fs') void counting.files();
  await counting.videos();
}

/** Never fails: what was counted before is shown then, and the log says why. */
function restedCount(app: App, what: string, count: (app: App) => Promise<void>): () => Promise<void> {
  const complain = (error: unknown) => app.log.warn({ error, what }, 'Could not count what is stored.');
  return rested(() => count(app).catch(complain), REST, LEAST_REST_MS);
}

/** How many channels the overview names. */
const NAMED_CHANNELS = 10;
/** The key of what is left when those are taken away: of more channels, and of those that are gone. */
const OTHERS = '';

/**
 * Periodic: sums up what each library has in its folders, and what originals take by origin and by channel, each from an index
 * alone and with a breath between them.
 */
export async function sumVideos(app: App): Promise<void> {
  replace(app, 'library', sumBy(app, videos.libraryId, isNotNull(videos.libraryId)));
  await setImmediate();
  const origins = sumOrigins(app);
  replace(app, 'origin', origins);
  await setImmediate();
  const channels = sumBy(app, videos.channelId, isNotNull(videos.channelId), NAMED_CHANNELS);
  const others = [...origins].filter(([origin]) => origin !== 'library').map(([, usage]) => usage);
  const left = minus(total(others), total([...channels.values()]));
  if (left.bytes > 0) channels.set(OTHERS, left);
  replace(app, 'channel', channels);
}

/** One walk along the index of sizes: SQLite would sort it to group it. */
function sumOrigins({ db }: App): Map<string, Usage> {
  const of = (origin: Origin) => sql`filter (where ${videos.origin} = ${origin})`;
  const columns = Origin.options.flatMap((origin) => [
    [`${origin} bytes`, sql<number>`coalesce(sum(${videos.sizeBytes}) ${of(origin)}, 0)`] as const,
    [`${origin} files`, sql<number>`count(*) ${of(origin)}`] as const,
  ]);
  const row = db.orm
    .select(Object.fromEntries(columns))
    .from(videos)
    .where(and(gte(videos.sizeBytes, 0), isNull(videos.deletedAtMs)))
    .get();
  const usage = Origin.options.map((origin): [string, Usage] => [
    origin,
    { bytes: row?.[`${origin} bytes`] ?? 0, files: row?.[`${origin} files`] ?? 0 },
  ]);
  return new Map(usage.filter(([, { files }]) => files > 0));
}

function sumBy({ db }: App, column: SQLiteColumn, where: SQL, limit = 10_000): Map<string, Usage> {
  const bytes = sum(videos.sizeBytes).mapWith(Number);
  const rows = db.orm
    .select({ key: sql<string>`${column}`, files: count(), bytes })
    .from(videos)
    .where(and(where, isNull(videos.deletedAtMs)))
    .groupBy(column)
    .orderBy(desc(bytes))
    .limit(limit)
    .all();
  return new Map(rows.map(({ key, bytes, files }) => [key, { bytes, files }]));
}

const total = (all: Usage[]): Usage =>
  all.reduce((sum, one) => ({ bytes: sum.bytes + one.bytes, files: sum.files + one.files }), { bytes: 0, files: 0 });
const minus = (one: Usage, other: Usage): Usage => ({
  bytes: one.bytes - other.bytes,
  files: Math.max(0, one.files - other.files),
});

/** Periodic: writes down how full the disk is; the last of a day stays. */
export async function noteDisk(app: App): Promise<void> {
  const space = await diskSpace(app);
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

function replace(app: App, of: (typeof storageUsage.$inferSelect)['of'], usage: Map<string, Usage>): void {
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
function kindOf(key: string): FileKind {
  const [top, , folder] = key.split('/');
  if (top === 'videos') return KIND_OF_FOLDER[folder ?? ''] ?? 'other';
  if (top === 'uploads') return 'unfinished';
  if (top === 'backups') return 'backups';
  return /^(kinora|lock)\.db/.test(key) ? 'database' : 'other';
}
