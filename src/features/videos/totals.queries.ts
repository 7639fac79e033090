import { setImmediate as breathe } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { rested } from '../../core/rested.ts';
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

const totals = new WeakMap<App, () => Promise<VideoTotal[]>>();

/** How many videos there are and how large: counted anew, unless that took so long that it should not be done again yet. */
export function videoTotals(app: App): Promise<VideoTotal[]> {
  let count = totals.get(app);
  if (!count) totals.set(app, (count = rested(() => countAll(app), REST)));
  return count();
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
  const found = new Map<string, VideoTotal>();
  for (let after = 0; ; await breathe()) {
    const rows = nextRows(app.db.orm).all({ after });
    for (const { state, origin, sizeBytes, deletedAtMs } of rows) {
      if (deletedAtMs !== null) continue;
      const key = `${state} ${origin}`;
      const total = found.get(key) ?? { state, origin, videos: 0, sizeBytes: 0 };
      found.set(key, { ...total, videos: total.videos + 1, sizeBytes: total.sizeBytes + sizeBytes });
    }
    if (rows.length < ROWS) return [...found.values()];
    after = rows.at(-1)!.row;
  }
}
