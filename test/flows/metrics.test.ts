import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configKeys } from '../../src/platform/config/keys.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** What /metrics says after a film has been watched; and that dashboard, alerts and docs speak of what is there. */

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

let kinora: TestApp;
let client: TestClient;
let id: string;
/** Addresses of a copied segment and of two encoded ones. */
let copied: string;
let encoded: string[];
let sizeBytes: number;

beforeAll(async () => {
  // `lazy`, so that the first viewer has an encoder of their own.
  kinora = await createTestApp({ encoding: { heights: [144], policy: { uploads: 'lazy' } } });
  client = await kinora.member();
  const clip = await makeClip({ seconds: 12, size: '320x180', gop: 60 });
  sizeBytes = readFileSync(clip).length;
  id = await client.upload(clip, { visibility: 'public' });
  const { playback } = await client.waitFor(id, isReady);
  const { variants } = await readMultivariant(client, playback!.hls);
  const segmentsOf = async (size: string) => {
    const variant = variants.find(({ attributes }) => attributes['RESOLUTION'] === size)!;
    return (await readPlaylist(client, variant.url)).segments.map(({ url }) => url);
  };
  copied = (await segmentsOf('320x180'))[0]!;
  encoded = await segmentsOf('256x144');
});
afterAll(() => kinora?.close());

type Scrape = Map<string, number>;

/** Every series with its value, as `name{label="value"}`. */
async function scrape(): Promise<Scrape> {
  const { text } = await kinora.client().raw('GET', '/metrics');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, series, value] = /^(\S+?(?:\{.*\})?) (\S+)$/.exec(line)!;
      return [series!, Number(value)];
    }),
  );
}

const names = (found: Scrape) => new Set([...found.keys()].map((series) => series.replace(/\{.*/, '')));

describe('after watching', () => {
  let before: Scrape;
  let after: Scrape;
  let copiedBytes: number;

  beforeAll(async () => {
    before = await scrape();
    copiedBytes = (await client.bytes(copied)).length;
    await client.bytes(copied);
    await client.raw('GET', copied, { headers: { Range: 'bytes=0-99' } });
    await client.bytes(encoded[0]!);
    await client.bytes(encoded[0]!);
    await client.get(`/api/videos/nothere1`, 404);
    after = await scrape();
  });
  const grown = (series: string) => (after.get(series) ?? 0) - (before.get(series) ?? 0);

  it('segments are counted by how they were made and where they came from', () => {
    const series = (mode: string, from: string) => `kinora_segments_total{mode="${mode}",track="video",from="${from}"}`;
    expect(grown(series('copied', 'made'))).toBe(1);
    expect(grown(series('copied', 'hot'))).toBe(2);
    expect(grown(series('encoded', 'made'))).toBe(1);
    expect(grown(series('encoded', 'stored'))).toBe(1);
  });

  it('their bytes are those that were asked for', () => {
    expect(grown('kinora_segment_bytes_total{mode="copied"}')).toBe(2 * copiedBytes + 100);
  });

  it('who watches counts once', () => {
    expect([before.get('kinora_viewers'), after.get('kinora_viewers')]).toEqual([0, 1]);
  });

  it('and no more a minute later', async () => {
    kinora.travel(61_000);
    expect((await scrape()).get('kinora_viewers')).toBe(0);
  });

  it('requests are counted by the pattern of their route, with their status', () => {
    const total = (route: string, status: number, method = 'GET') =>
      grown(`kinora_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`);
    expect(total('/media/:video/:rendition/:segment', 200)).toBe(4);
    expect(total('/media/:video/:rendition/:segment', 206)).toBe(1);
    expect(total('/api/videos/:id', 404)).toBe(1);
    expect(total('/metrics', 200)).toBe(1);
  });

  it('no label holds what somebody typed', async () => {
    for (const path of ['/made/up/path', '/api/made-up', `/media/${id}/made-up`, '/api/videos/made-up', '/%00']) {
      await client.raw('GET', path);
      await client.raw('BREW', path).catch(() => {});
    }
    const found = [...(await scrape()).keys()];
    expect(found.filter((series) => series.includes('made') && !series.includes('from="made"'))).toEqual([]);
    expect(found.filter((series) => series.includes(id) || series.includes('BREW'))).toEqual([]);
  });

  it('says what is kept', () => {
    expect(after.get('kinora_videos{state="ready",origin="upload"}')).toBe(1);
    expect(after.get('kinora_video_bytes{origin="upload"}')).toBe(sizeBytes);
    expect(after.get('kinora_database_bytes{file="main"}')).toBeGreaterThanOrEqual(4096);
    expect(after.get('kinora_database_bytes{file="wal"}')).toBeGreaterThan(4096);
    expect(after.get('kinora_storage_total_bytes')).toBeGreaterThan(after.get('kinora_storage_free_bytes')!);
    expect(after.get('kinora_segment_cache_bytes')).toBeGreaterThan(0);
    expect(after.get('kinora_segment_cache_budget_bytes')).toBe(20e9);
    expect(after.get('kinora_library_folders{state="offline"}')).toBe(0);
  });
});

describe('what else speaks of metrics', () => {
  /** Metrics that have no value until something happens, or without workers. */
  const SOMETIMES = ['kinora_encoders', 'kinora_encoder_speed', 'kinora_workers', 'kinora_workers_redis_up'];
  let known: Set<string>;
  /** The names of Kinora's own, as they are declared. */
  let declared: string[];

  beforeAll(async () => {
    const { text } = await kinora.client().raw('GET', '/metrics');
    declared = [...text.matchAll(/^# TYPE (kinora_\w+) /gm)].map((match) => match[1]!);
    known = new Set([...names(await scrape()), ...SOMETIMES]);
  });
  /** Names of metrics in an expression: words that are no function, label or keyword. */
  const metricsIn = (expr: string) =>
    [...expr.replace(/"[^"]*"/g, '').matchAll(/\b(?:kinora|process|nodejs)_[a-z0-9_]+\b/g)].map(([name]) => name);

  interface Panel {
    title: string;
    type: string;
    targets?: { expr: string }[];
    gridPos: { x: number; y: number; w: number; h: number };
  }
  const dashboard = JSON.parse(read('config/grafana/kinora.json')) as { panels: Panel[]; schemaVersion: number };
  const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  );

  it.each(expressions)('the panel "%s" shows what is there', (_title, expr) => {
    const used = metricsIn(expr);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it('the dashboard shows every metric of Kinora', () => {
    const used = new Set(
      expressions.flatMap(([, expr]) => metricsIn(expr)).map((name) => name.replace(/_(bucket|count|sum)$/, '')),
    );
    expect(declared.filter((name) => !used.has(name))).toEqual([]);
  });

  it('its panels do not overlap', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  interface Rule {
    alert: string;
    expr: string;
    annotations: { summary: string; description: string };
  }
  const { groups } = parse(read('config/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  it.each(rules.map((rule) => [rule.alert, rule] as const))('the alert %s looks at what is there', (_name, rule) => {
    const used = metricsIn(rule.expr);
    if (rule.alert !== 'KinoraDown') expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
    expect(rule.annotations.summary).toMatch(/\.$/);
    expect(rule.annotations.description).toMatch(/\.$/);
    const settings = [...rule.annotations.description.matchAll(/\b(?:cache|encoding|metrics|http)\.\w+/g)].map(
      ([key]) => key,
    );
    const keys = configKeys().map(({ name }) => name);
    expect(settings.filter((setting) => !keys.includes(setting))).toEqual([]);
  });

  it('docs/metrics.md describes all of them and no other', () => {
    const described = [...read('docs/metrics.md').matchAll(/^\| `(kinora_\w+)`/gm)].map((match) => match[1]!);
    expect(described.toSorted()).toEqual(declared.toSorted());
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.runIf(promtool)('promtool takes configuration, rules and the answer itself', async () => {
    const { text } = await kinora.client().raw('GET', '/metrics');
    const promtoolSays = (args: string[], input = '') => {
      const { status, stderr, stdout } = spawnSync('promtool', args, { input, encoding: 'utf8' });
      return { status, said: stdout + stderr };
    };
    for (const args of [
      ['config', join(ROOT, 'config/prometheus/prometheus.yml')],
      ['rules', join(ROOT, 'config/prometheus/alerts.yml')],
    ]) {
      const { status, said } = promtoolSays(['check', ...args]);
      expect(status, said).toBe(0);
    }
    // It does not like the names of three of Node's, which are not ours to choose; what it cannot read is status 1.
    const { status, said } = promtoolSays(['check', 'metrics'], text);
    expect([0, 3]).toContain(status);
    expect(said.split('\n').filter((line) => line !== '' && !line.startsWith('nodejs_active_'))).toEqual([]);
  });
});
