import { asc, eq, isNull } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { VERSION } from '../../version.ts';
import { libraries } from '../libraries/schema.ts';
import { type FileKind, FileKind as Kinds, type OverviewWire } from './api.ts';
import { forecastDisk } from './forecast.ts';
import { checkHealth } from './health.queries.ts';
import { storageUsage } from './schema.ts';
import { filesCountedAtMs, recentDays } from './usage.service.ts';

/** How an instance is: everything here is read from memory or a few rows. */
export async function readOverview(app: App): Promise<OverviewWire> {
  return {
    version: VERSION,
    startedAtMs: Math.round(app.clock.nowMs() - process.uptime() * 1000),
    health: await checkHealth(app),
    disk: await readSpace(app),
    storage: readStorage(app),
  };
}

async function readSpace(app: App): Promise<OverviewWire['disk']> {
  const space = await app.storage.space();
  if (!space) return null;
  const { freeBytes, totalBytes } = space;
  const nowMs = app.clock.nowMs();
  // The last day's row is as old as an hour: what is free now is known.
  const days = recentDays(app);
  const samples = days.map((day, n) => (n === days.length - 1 ? { ...day, freeBytes, totalBytes } : day));
  return { freeBytes, totalBytes, forecast: forecastDisk(samples, nowMs) };
}

function readStorage(app: App): OverviewWire['storage'] {
  const files = app.db.orm.select().from(storageUsage).where(eq(storageUsage.of, 'files')).all();
  const inLibraries = app.db.orm.select().from(storageUsage).where(eq(storageUsage.of, 'library')).all();
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
    libraries: named.map((library) => {
      const found = inLibraries.find(({ key }) => key === library.id);
      return { library, bytes: found?.bytes ?? 0, files: found?.files ?? 0 };
    }),
    cache: { bytes: cache.bytes(), files: cache.segments() },
    countedAtMs: filesCountedAtMs(app),
  };
}
