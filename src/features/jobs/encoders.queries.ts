import { inArray } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { boundariesOf } from '../../streaming/source.ts';
import { videos } from '../videos/schema.ts';
import { findStream } from '../videos/streams.queries.ts';
import type { EncoderList, WorkerList } from './api.ts';

/** Everything that encodes now, or would like to: those at work first. */
export function listEncoders(app: App): EncoderList {
  const { slots, items } = app.streaming.encoders();
  const ids = [...new Set(items.map(({ videoId }) => videoId))];
  const rows = app.db.orm
    .select({ id: videos.id, title: videos.title })
    .from(videos)
    .where(inArray(videos.id, ids))
    .all();
  const order = ['working', 'waiting', 'parked', 'left'];
  return {
    slots,
    items: items
      .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.id - b.id)
      .map(({ id, urgency, state, sinceMs, videoId, renditionIds, segment, viewers, speed, worker }) => {
        const stream = findStream(app, videoId);
        const made = stream?.renditions.filter((rendition) => renditionIds.includes(rendition.id)) ?? [];
        const boundariesUs = stream && made[0] ? boundariesOf(stream.source.timeline, made[0].spec.grid) : [];
        const atUs = segment === null ? undefined : boundariesUs[segment];
        return {
          id,
          urgency,
          sinceMs,
          viewers,
          speed,
          worker,
          state: state === 'working' || state === 'waiting' ? state : 'paused',
          video: rows.find((row) => row.id === videoId) ?? null,
          renditions: made.map(({ spec }) => spec.label),
          positionMs: atUs === undefined ? null : Math.round(atUs / 1000),
        };
      }),
  };
}

/** The processes that encode in the server's place. */
export function listWorkers(app: App): WorkerList {
  const facts = app.streaming.workers();
  if (!facts) return { redis: null, items: [] };
  const { redis, state, sinceMs, problem, workers } = facts;
  return {
    redis: { address: redis, state, sinceMs, problem },
    items: workers.map(({ id, name, version, slots, runs, refusal, startedAtMs, seenAtMs }) => ({
      id,
      name,
      version,
      slots,
      refusal,
      startedAtMs,
      seenAtMs,
      runs: runs.length,
    })),
  };
}
