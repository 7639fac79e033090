import { MINUTE_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { noteWatched } from '../videos/service.ts';

/** Collects which renditions are being watched, so that the cache's order costs a write a minute, not one a segment. */
const pending = new WeakMap<App, Set<string>>();

export function watched(app: App, renditionId: string): void {
  let ids = pending.get(app);
  if (!ids) pending.set(app, (ids = new Set()));
  ids.add(renditionId);
}

/** Periodic. */
export function flushWatched(app: App): void {
  const ids = [...(pending.get(app) ?? [])];
  pending.get(app)?.clear();
  noteWatched(app, ids);
}

export const FLUSH_WATCHED_MS = MINUTE_MS;
