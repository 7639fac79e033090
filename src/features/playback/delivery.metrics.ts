import { Counter, Gauge } from 'prom-client';
import { SECOND_MS, type TimeMs } from '../../core/time.ts';
import { registryOf } from '../../platform/metrics.ts';
import type { App } from '../../ports.ts';
import type { StreamRendition } from '../../streaming/source.ts';

/**
 * Where the bytes of a segment came from: `hot`, memory; `stored`, a file; `made`, it was cut or encoded (or waited for)
 * after it had been asked for; `proxy`, the proxy in front sends the file.
 */
export type SegmentFrom = 'hot' | 'stored' | 'made' | 'proxy';

/** Whoever has asked for a segment so lately is watching: players with a full buffer ask every few seconds. */
const WATCHING_MS = 60 * SECOND_MS;
/** Whoever is gone is forgotten at the latest when so many are remembered. */
const REMEMBERED = 10_000;

/** Counts segments as they are answered, and who watches now. */
export function createDeliveryMetrics(app: App) {
  const registers = [registryOf(app)];
  const segments = new Counter({
    name: 'kinora_segments_total',
    help: 'Segments answered, by how they are made (copied, encoded), of what, and where they came from.',
    labelNames: ['mode', 'track', 'from'],
    registers,
  });
  const bytes = new Counter({
    name: 'kinora_segment_bytes_total',
    help: 'Bytes of the segments that Kinora itself answered with; what a proxy sends in its place is not known.',
    labelNames: ['mode'],
    registers,
  });
  const lastAsked = new Map<string, TimeMs>();
  new Gauge({
    name: 'kinora_viewers',
    help: 'Viewers of a video who asked for a segment within the last minute, each once for every video.',
    registers,
    collect() {
      forgetGone();
      this.set(lastAsked.size);
    },
  });

  function forgetGone(): void {
    const sinceMs = app.clock.nowMs() - WATCHING_MS;
    for (const [key, atMs] of lastAsked) {
      // In the order of their last request: all behind the first who is here are here, too.
      if (atMs >= sinceMs) break;
      lastAsked.delete(key);
    }
  }

  return {
    /** A segment was answered. `sizeBytes` of its body: zero for HEAD and where a proxy sends it. */
    answered({ videoId, spec }: StreamRendition, viewer: string, from: SegmentFrom, sizeBytes: number): void {
      segments.inc({ mode: spec.mode, track: spec.kind, from });
      bytes.inc({ mode: spec.mode }, sizeBytes);
      const key = `${videoId} ${viewer}`;
      lastAsked.delete(key);
      lastAsked.set(key, app.clock.nowMs());
      if (lastAsked.size > REMEMBERED) forgetGone();
    },
  };
}
