import { and, asc, desc, eq, gt, inArray, isNull } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { VERSION } from '../../version.ts';
import { channels } from '../channels/schema.ts';
import { diskSpace } from '../instance/disk.service.ts';
import { libraries } from '../libraries/schema.ts';
import { Origin } from '../videos/api.ts';
import { videos } from '../videos/schema.ts';
import { type FileKind, FileKind as Kinds, type OverviewWire } from './api.ts';
import { forecastDisk } from './forecast.ts';
import { checkHealth } from './health.queries.ts';
import { storageUsage } from './schema.ts';
import { filesCountedAtMs, recentDays, refreshUsage } from './usage.service.ts';

const LARGEST = 10;

/** How an instance is: read from memory or a few rows, once what is stored has been counted lately. */
export async function readOverview(app: App): Promise<OverviewWire> {
  await refreshUsage(app);
  return {
    version: VERSION,
    startedAtMs: Math.round(app.clock.nowMs() - process.uptime() * 1000),
    health: await checkHealth(app),
    disk: await readSpace(app),
    storage: readStorage(app),
  };
}

async function readSpace(app: App): Promise<OverviewWire['disk']> {
  const { freeBytes, totalBytes } = await diskSpace(app);
  const nowMs = app.clock.nowMs();
  // The last day's row is as old as an hour: what is free now is known.
  const days = recentDays(app);
  const samples = days.map((day, n) => (n === days.length - 1 ? { ...day, freeBytes, totalBytes } : day));
  return { freeBytes, totalBytes, forecast: forecastDisk(samples, nowMs) };
}

function readStorage(app: App): OverviewWire['storage'] {
  const files = readUsage(app, 'files');
  const inLibraries = readUsage(app, 'library');
  const origins = readUsage(app, 'origin');
  const named = app.db.orm
    .select({ id: libraries.id, name: libraries.name })
    .from(libraries)
    .where(isNull(libraries.deletedAtMs))
    .orderBy(asc(libraries.createdAtMs), asc(libraries.id))
    .all();
  const { cache } = app.streaming;
  return {
    files: Kinds.options.flatMap((kind: FileKind) => {
      const found = files.find(({ key }) => key === kind);
      return found ? [{ kind, bytes: found.bytes, files: found.files }] : [];
    }),
    origins: Origin.options.flatMap((origin) => {
      const found = origins.find(({ key }) => key === origin);
      return found ? [{ origin, bytes: found.bytes, files: found.files }] : [];
    }),
    channels: readChannels(app),
    largest: readLargest(app),
    libraries: named.map((library) => {
      const found = inLibraries.find(({ key }) => key === library.id);
      return { library, bytes: found?.bytes ?? 0, files: found?.files ?? 0 };
    }),
    cache: { bytes: cache.bytes(), files: cache.segments() },
    countedAtMs: filesCountedAtMs(app),
  };
}

function readUsage({ db }: App, of: (typeof storageUsage.$inferSelect)['of']) {
  return db.orm.select().from(storageUsage).where(eq(storageUsage.of, of)).all();
}

function readChannels(app: App): OverviewWire['storage']['channels'] {
  const usage = readUsage(app, 'channel');
  const known = app.db.orm
    .select({ id: channels.id, handle: channels.handle, name: channels.name })
    .from(channels)
    .where(
      inArray(
        channels.id,
        usage.map(({ key }) => key),
      ),
    )
    .all();
  return usage
    .map(({ key, bytes, files }) => ({ channel: known.find(({ id }) => id === key) ?? null, bytes, files }))
    .sort((a, b) => Number(a.channel === null) - Number(b.channel === null) || b.bytes - a.bytes);
}

function readLargest({ db }: App): OverviewWire['storage']['largest'] {
  const { id, title, sizeBytes, origin } = videos;
  return db.orm
    .select({ id, title, bytes: sizeBytes, origin })
    .from(videos)
    .where(and(gt(sizeBytes, 0), isNull(videos.deletedAtMs)))
    .orderBy(desc(sizeBytes), desc(id))
    .limit(LARGEST)
    .all();
}
