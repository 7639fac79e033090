import { statSync } from 'node:fs';
import { count, eq, isNull } from 'drizzle-orm';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { registryOf } from '../../platform/metrics.ts';
import type { App } from '../../ports.ts';
import { VERSION } from '../../version.ts';
import { listBackups } from '../backups/files.service.ts';
import { libraries, libraryFolders } from '../libraries/schema.ts';
import { probeCounts } from '../videos/probes.queries.ts';
import { videoTotals } from '../videos/totals.queries.ts';
import { diskSpace } from './disk.service.ts';

/**
 * Prometheus' text format. These gauges are read when asked for; what is counted in between (`http/request-metrics.ts`,
 * `features/playback/delivery.metrics.ts`) is in the same registry. docs/metrics.md describes all of them.
 */
export async function renderMetrics(app: App): Promise<{ contentType: string; text: string }> {
  const registry = registryOf(app);
  if (!prepared.has(app)) {
    prepared.add(app);
    registerGauges(app, registry);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}

const prepared = new WeakSet<App>();

function registerGauges(app: App, registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  /** A gauge that is read anew for every answer; what had a value the last time only, is gone. */
  const gauge = (name: string, help: string, labelNames: string[], collect: (own: Gauge) => void | Promise<void>) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        return collect(this);
      },
    });
  const single = (name: string, help: string, read: () => number) => gauge(name, help, [], (own) => own.set(read()));

  gauge('kinora_info', 'The running version.', ['version'], (own) => own.set({ version: VERSION }, 1));
  contentGauges(app, gauge);
  encoderGauges(app, gauge);
  diskGauges(app, gauge);
  backupGauges(app, gauge);
  gauge('kinora_jobs', 'Jobs by lane and state.', ['lane', 'state'], (own) => {
    for (const { lane, queued, running, failed } of app.queue.counts()) {
      own.set({ lane, state: 'queued' }, queued);
      own.set({ lane, state: 'running' }, running);
      own.set({ lane, state: 'failed' }, failed);
    }
  });
  gauge(
    'kinora_probes',
    'Files understood since the start, by who read them: this process, or ffprobe.',
    ['by'],
    (own) => {
      for (const [by, n] of Object.entries(probeCounts(app))) own.set({ by }, n);
    },
  );
  single('kinora_live_connections', 'Open WebSockets.', () => app.live.count());
}

type AddGauge = (
  name: string,
  help: string,
  labelNames: string[],
  collect: (own: Gauge) => void | Promise<void>,
) => void;

function contentGauges(app: App, gauge: AddGauge): void {
  gauge('kinora_videos', 'Videos by state and origin.', ['state', 'origin'], async (own) => {
    for (const { state, origin, videos } of await videoTotals(app)) own.set({ state, origin }, videos);
  });
  gauge('kinora_video_bytes', 'Size of the original files by origin of their videos.', ['origin'], async (own) => {
    for (const { origin, sizeBytes } of await videoTotals(app)) own.inc({ origin }, sizeBytes);
  });
  gauge('kinora_library_folders', 'Folders of libraries by whether they can be reached.', ['state'], (own) => {
    const rows = app.db.orm
      .select({ online: libraryFolders.online, folders: count() })
      .from(libraryFolders)
      .innerJoin(libraries, eq(libraries.id, libraryFolders.libraryId))
      .where(isNull(libraries.deletedAtMs))
      .groupBy(libraryFolders.online)
      .all();
    for (const isOnline of [true, false]) {
      const found = rows.find(({ online }) => online === isOnline);
      own.set({ state: isOnline ? 'online' : 'offline' }, found?.folders ?? 0);
    }
  });
}

function encoderGauges({ streaming, ffmpeg }: App, gauge: AddGauge): void {
  gauge('kinora_encode_sessions', 'Encoders running for viewers.', [], (own) => own.set(streaming.sessions().length));
  gauge('kinora_encoders', 'Encoders by whom they work for and what they do.', ['urgency', 'state'], (own) => {
    for (const { urgency, state } of streaming.encoders().items) own.inc({ urgency, state });
  });
  gauge(
    'kinora_encoder_speed',
    'Seconds of video made in a second of work by the slowest encoder; below 1, viewers wait.',
    ['urgency'],
    (own) => {
      const slowest = new Map<string, number>();
      for (const { urgency, speed } of streaming.encoders().items) {
        if (speed !== null) slowest.set(urgency, Math.min(speed, slowest.get(urgency) ?? speed));
      }
      for (const [urgency, speed] of slowest) own.set({ urgency }, speed);
    },
  );
  gauge('kinora_encoder_slots', 'How many encoders may work at once.', [], (own) =>
    own.set(streaming.encoders().slots),
  );
  gauge('kinora_workers', 'Workers by whether they take work; nothing without jobs.redis.', ['state'], (own) => {
    const facts = streaming.workers();
    if (!facts) return;
    const refusing = facts.workers.filter(({ refusal }) => refusal !== null).length;
    own.set({ state: 'ready' }, facts.workers.length - refusing);
    own.set({ state: 'refusing' }, refusing);
  });
  gauge('kinora_workers_redis_up', 'Whether Redis answers; nothing without jobs.redis.', [], (own) => {
    const facts = streaming.workers();
    if (facts) own.set(facts.state === 'connected' ? 1 : 0);
  });
  gauge('kinora_ffmpeg_processes', 'ffmpeg and ffprobe processes.', [], (own) => own.set(ffmpeg.running()));
}

function diskGauges(app: App, gauge: AddGauge): void {
  gauge('kinora_segment_cache_bytes', 'What segments made on demand take.', [], (own) =>
    own.set(app.streaming.cache.bytes()),
  );
  gauge('kinora_segment_cache_budget_bytes', 'What they may take (cache.segmentsGb).', [], (own) =>
    own.set(app.streaming.cache.budgetBytes),
  );
  gauge(
    'kinora_storage_free_bytes',
    'Room left on the disk that storage, or else the data folder, is on.',
    [],
    async (own) => {
      own.set((await diskSpace(app)).freeBytes);
    },
  );
  gauge('kinora_storage_total_bytes', 'Size of that disk.', [], async (own) => {
    own.set((await diskSpace(app)).totalBytes);
  });
  gauge(
    'kinora_outgoing_bytes',
    'What waits here to be sent to the bucket, with storage.driver: s3.',
    [],
    async (own) => {
      own.set((await app.storage.outgoing()).bytes);
    },
  );
  gauge('kinora_database_bytes', 'Size of the database, and of its write-ahead log.', ['file'], (own) => {
    own.set({ file: 'main' }, sizeOf(app.dataDir.databasePath));
    own.set({ file: 'wal' }, sizeOf(`${app.dataDir.databasePath}-wal`));
  });
}

function backupGauges(app: App, gauge: AddGauge): void {
  gauge('kinora_backups', 'Scheduled backups that are kept.', [], (own) => own.set(listBackups(app).length));
  gauge(
    'kinora_backup_last_success_timestamp_seconds',
    'When the newest of them was begun; 0 when there is none.',
    [],
    (own) => own.set((listBackups(app)[0]?.takenAtMs ?? 0) / 1000),
  );
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
