import { count, isNull } from 'drizzle-orm';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { App } from '../../ports.ts';
import { VERSION } from '../../version.ts';
import { probeCounts } from '../videos/probes.queries.ts';
import { videos } from '../videos/schema.ts';

/** Prometheus' text format. Gauges are read when asked for; nothing is counted in between. */
export async function renderMetrics(app: App): Promise<{ contentType: string; text: string }> {
  let registry = registries.get(app);
  if (!registry) {
    registry = createRegistry(app);
    registries.set(app, registry);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}

const registries = new WeakMap<App, Registry>();

function createRegistry(app: App): Registry {
  const registers = [new Registry()];
  collectDefaultMetrics({ register: registers[0]! });
  new Gauge({ name: 'kinora_info', help: 'The running version.', labelNames: ['version'], registers }).set(
    { version: VERSION },
    1,
  );
  new Gauge({
    name: 'kinora_videos',
    help: 'Videos by state.',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset();
      const rows = app.db.orm
        .select({ state: videos.state, n: count() })
        .from(videos)
        .where(isNull(videos.deletedAtMs))
        .groupBy(videos.state)
        .all();
      for (const { state, n } of rows) this.set({ state }, n);
    },
  });
  new Gauge({
    name: 'kinora_jobs',
    help: 'Jobs by lane and state.',
    labelNames: ['lane', 'state'],
    registers,
    collect() {
      for (const { lane, queued, running, failed } of app.queue.counts()) {
        this.set({ lane, state: 'queued' }, queued);
        this.set({ lane, state: 'running' }, running);
        this.set({ lane, state: 'failed' }, failed);
      }
    },
  });
  new Gauge({
    name: 'kinora_encode_sessions',
    help: 'Encoders running for viewers.',
    registers,
    collect() {
      this.set(app.streaming.sessions().length);
    },
  });
  new Gauge({
    name: 'kinora_encoders',
    help: 'Encoders by whom they work for and what they do.',
    labelNames: ['urgency', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { urgency, state } of app.streaming.encoders().items) this.inc({ urgency, state });
    },
  });
  new Gauge({
    name: 'kinora_encoder_slots',
    help: 'How many encoders may work at once.',
    registers,
    collect() {
      this.set(app.streaming.encoders().slots);
    },
  });
  new Gauge({
    name: 'kinora_segment_cache_bytes',
    help: 'What segments made on demand take.',
    registers,
    collect() {
      this.set(app.streaming.cache.bytes());
    },
  });
  new Gauge({
    name: 'kinora_ffmpeg_processes',
    help: 'ffmpeg and ffprobe processes.',
    registers,
    collect() {
      this.set(app.ffmpeg.running());
    },
  });
  new Gauge({
    name: 'kinora_probes',
    help: 'Files understood since the start, by who read them: this process, or ffprobe.',
    labelNames: ['by'],
    registers,
    collect() {
      for (const [by, n] of Object.entries(probeCounts(app))) this.set({ by }, n);
    },
  });
  new Gauge({
    name: 'kinora_live_connections',
    help: 'Open WebSockets.',
    registers,
    collect() {
      this.set(app.live.count());
    },
  });
  new Gauge({
    name: 'kinora_storage_free_bytes',
    help: 'Room left in storage.',
    registers,
    async collect() {
      const freeBytes = await app.storage.freeBytes();
      if (freeBytes !== null) this.set(freeBytes);
    },
  });
  return registers[0]!;
}
