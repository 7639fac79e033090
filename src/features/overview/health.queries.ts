import { asc, eq, isNull } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { judgeBackups, seeBackups } from '../backups/health.queries.ts';
import { readDisk } from '../instance/disk.service.ts';
import { libraries, libraryFolders } from '../libraries/schema.ts';
import type { HealthWire } from './api.ts';

/** What can be told at once of what `kinora doctor` looks at at length. */
export async function checkHealth(app: App): Promise<HealthWire[]> {
  const bucket = app.config.storage.driver === 's3' ? [await bucketHealth(app)] : [];
  const always = [librariesHealth(app), jobsHealth(app), backupsHealth(app)];
  return [ffmpegHealth(app), await diskHealth(app), ...bucket, ...always, ...workersHealth(app)];
}

function ffmpegHealth(app: App): HealthWire {
  const version = app.ffmpeg.version();
  if (version === null) return { check: 'ffmpeg', state: 'problem', facts: {} };
  return { check: 'ffmpeg', state: 'ok', facts: { version } };
}

async function diskHealth(app: App): Promise<HealthWire> {
  const { low, space } = await readDisk(app);
  if (!space) return { check: 'disk', state: 'ok', facts: {} };
  const { freeBytes, totalBytes } = space;
  return { check: 'disk', state: low ? 'problem' : 'ok', facts: { freeBytes, totalBytes } };
}

/** Files that cannot be sent are kept here, and nothing else tells an admin. */
async function bucketHealth(app: App): Promise<HealthWire> {
  const { files: count, problem } = await app.storage.outgoing();
  if (problem === null) return { check: 'bucket', state: 'ok', facts: { count } };
  return { check: 'bucket', state: 'problem', facts: { count, problem } };
}

function librariesHealth(app: App): HealthWire {
  const rows = app.db.orm
    .select({ id: libraries.id, name: libraries.name, online: libraryFolders.online })
    .from(libraries)
    .innerJoin(libraryFolders, eq(libraryFolders.libraryId, libraries.id))
    .where(isNull(libraries.deletedAtMs))
    .orderBy(asc(libraries.createdAtMs), asc(libraries.id))
    .all();
  const offline = [...new Set(rows.filter(({ online }) => !online).map(({ name }) => name))];
  if (offline.length > 0) {
    return { check: 'libraries', state: 'warning', facts: { count: offline.length, names: offline.join(', ') } };
  }
  return { check: 'libraries', state: 'ok', facts: { count: new Set(rows.map(({ id }) => id)).size } };
}

function jobsHealth(app: App): HealthWire {
  const failed = app.queue.counts().reduce((sum, lane) => sum + lane.failed, 0);
  return { check: 'jobs', state: failed > 0 ? 'warning' : 'ok', facts: { count: failed } };
}

function backupsHealth(app: App): HealthWire {
  const seen = seeBackups(app);
  const verdict = judgeBackups(seen);
  const states = { good: 'ok', none: 'note', old: 'note', waiting: 'note' } as const;
  const state = verdict in states ? states[verdict as keyof typeof states] : 'warning';
  return {
    check: 'backups',
    state,
    verdict,
    facts: {
      ...(seen.newest && { takenAtMs: seen.newest.takenAtMs, sizeBytes: seen.newest.sizeBytes }),
      ...(verdict === 'failed' && { reason: seen.failed!.reason }),
      ...(verdict === 'unreadable' && { reason: seen.unreadable! }),
    },
  };
}

/** Only where workers are wanted: then none is worth a warning. */
function workersHealth(app: App): HealthWire[] {
  const facts = app.streaming.workers();
  if (!facts || facts.state === 'connecting') return [];
  const atWork = facts.workers.filter(({ refusal }) => refusal === null);
  if (facts.state === 'connected' && facts.problem === null && atWork.length > 0)
    return [{ check: 'workers', state: 'ok', facts: { count: atWork.length } }];
  const why = facts.problem ?? facts.workers[0]?.refusal ?? 'No worker is there.';
  return [{ check: 'workers', state: 'warning', facts: { why } }];
}
