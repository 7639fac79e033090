import { setImmediate as breathe } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { preparedFor } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import type { Origin, VideoState } from './api.ts';
import { videos } from './schema.ts';

/** Videos that are not deleted, of one state and origin. */
export interface VideoTotal {
  state: VideoState;
  origin: Origin;
  videos: number;
  /** Of their original files. */
  sizeBytes: number;
}

/** Rows that are read at a time: a few milliseconds, then others get their turn. */
const ROWS = 5000;
/** Counting may take a hundredth of the time: of a million videos every few minutes, of a thousand always. */
const REST = 100;

interface Counted {
  totals: VideoTotal[];
  again: number;
}
const counted = new WeakMap<App, Counted>();
const counting = new WeakMap<App, Promise<VideoTotal[]>>();

/** How many videos there are and how large: counted anew, unless that took so long that it should not be done again yet. */
export async function videoTotals(app: App): Promise<VideoTotal[]> {
  const last = counted.get(app);
  if (last && performance.now() < last.again) return last.totals;
  let running = counting.get(app);
  if (!running) {
    running = countAll(app).finally(() => counting.delete(app));
    counting.set(app, running);
  }
  return running;
}

const nextRows = preparedFor((orm) =>
  orm
    .select({
      row: sql<number>`rowid`,
      state: videos.state,
      origin: videos.origin,
      sizeBytes: videos.sizeBytes,
      deletedAtMs: videos.deletedAtMs,
    })
    .from(videos)
    .where(sql`rowid > ${sql.placeholder('after')}`)
    .orderBy(sql`rowid`)
    .limit(ROWS)
    .prepare(),
);

async function countAll(app: App): Promise<VideoTotal[]> {
  const totals = new Map<string, VideoTotal>();
  let spentMs = 0;
  for (let after = 0; ; await breathe()) {
    const startedMs = performance.now();
    const rows = nextRows(app.db.orm).all({ after });
    for (const { state, origin, sizeBytes, deletedAtMs } of rows) {
      if (deletedAtMs !== null) continue;
      const key = `${state} ${origin}`;
      const total = totals.get(key) ?? { state, origin, videos: 0, sizeBytes: 0 };
      totals.set(key, { ...total, videos: total.videos + 1, sizeBytes: total.sizeBytes + sizeBytes });
    }
    spentMs += performance.now() - startedMs;
    if (rows.length < ROWS) break;
    after = rows.at(-1)!.row;
  }
  const found = { totals: [...totals.values()], again: performance.now() + spentMs * REST };
  counted.set(app, found);
  return found.totals;
}
