import { and, asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { fillJob, recheckJob } from './job-definitions.ts';
import { renditions, sources, videos } from './schema.ts';
import { setMissing } from './service.ts';
import { BEHIND_EVERYTHING, requestWork } from './work.service.ts';

/** What a backup leaves out: originals come back by other means or not at all, segments are made again. */

/** How many sources are looked at between two breaths. */
const AT_ONCE = 200;

/** Looks at every stored original in the background, soon. */
export function requestRecheck(app: App, tx: Tx): void {
  app.queue.enqueue(tx, recheckJob, {}, { dedupeKey: recheckJob.name });
}

/** Periodic: originals that were missing may have been copied back meanwhile. */
export function recheckMissing(app: App): void {
  const { id } = sources;
  // A literal, since a parameter does not lead to the partial index.
  const missing = and(sql`${sources.missing} = 1`, eq(sources.kind, 'stored'));
  if (app.db.orm.select({ id }).from(sources).where(missing).limit(1).get()) {
    app.db.write((tx) => requestRecheck(app, tx));
  }
}

/**
 * Says of every video whose original is not in storage that it cannot be played, and of those whose original is back that
 * they can. The ladders of videos kept eagerly are filled where segments are missing, after everything else.
 */
export async function recheckOriginals(app: App, signal: AbortSignal): Promise<void> {
  for (let after = ''; ; ) {
    signal.throwIfAborted();
    const rows = app.db.orm
      .select({ source: sources, state: videos.state })
      .from(sources)
      .innerJoin(videos, eq(videos.id, sources.videoId))
      .where(and(gt(sources.id, after), eq(sources.kind, 'stored'), isNull(videos.deletedAtMs)))
      .orderBy(asc(sources.id))
      .limit(AT_ONCE)
      .all();
    if (rows.length === 0) return;
    after = rows.at(-1)!.source.id;
    const looked = await Promise.all(
      rows.map(async (row) => ({
        ...row,
        isThere: await isStored(app, row.source.location),
        lacksRepaired: row.source.repairedKey !== null && !(await isStored(app, row.source.repairedKey)),
      })),
    );
    const unrepaired = looked.filter(({ isThere, lacksRepaired }) => isThere && lacksRepaired);
    const changed = looked.filter(({ source, isThere }) => source.missing === isThere);
    const there = looked
      .filter(({ state, isThere, lacksRepaired }) => isThere && !lacksRepaired && state === 'ready')
      .map(({ source }) => source.videoId);
    app.db.write((tx) => {
      for (const { source, isThere } of changed) setMissing(tx, source.id, !isThere);
      // The copy that is played is made again when the source is understood anew (renewal.ts).
      const outdated = unrepaired.map(({ source }) => source.id);
      tx.update(sources).set({ format: 0 }).where(inArray(sources.id, outdated)).run();
      for (const videoId of keptEagerly(tx, there)) {
        requestWork(app, tx, fillJob, { videoId, again: true }, { priority: BEHIND_EVERYTHING });
      }
      app.db.afterCommit(() => {
        for (const { source } of changed) app.events.emit('video.changed', { videoId: source.videoId });
      });
    });
  }
}

const isStored = async (app: App, key: string) => (await app.storage.stat(key)) !== null;

function keptEagerly(tx: Tx, videoIds: string[]): string[] {
  const rows = tx
    .select({ videoId: renditions.videoId, spec: renditions.spec })
    .from(renditions)
    .where(and(inArray(renditions.videoId, videoIds), eq(renditions.policy, 'eager')))
    .all();
  return [...new Set(rows.filter(({ spec }) => spec.mode === 'encoded').map(({ videoId }) => videoId))];
}
