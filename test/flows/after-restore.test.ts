import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActWire } from '../../src/features/audit/api.ts';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { createClient, isReady, type TestClient } from '../support/client.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { runKinora } from '../support/kinora-command.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** What a server does when it finds that something was put back while it was off. */

const ENV = {
  KINORA_SETUP_TOKEN: 'restored',
  KINORA_ENCODING_HEIGHTS: '[144]',
  KINORA_ENCODING_HARDWARE: 'off',
  KINORA_LOG_LEVEL: 'warn',
};
/** Encoders and programs of their own take their time beside other work. */
const SOON = { timeout: 120_000 };

let folder: string;
let data: string;
let target: string;
let token: string;
/** One whose original is copied back before the start, and one whose is later. */
let first: string;
let second: string;
/** The server that runs now; one at a time. */
let kinora: KinoraProcess | null = null;
let admin: TestClient;
let openapi: ReturnType<typeof createOpenApiCheck>;

async function start(dataFolder: string): Promise<void> {
  kinora = await startKinora(dataFolder, ENV);
  openapi ??= createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  admin = createClient(kinora.url, openapi, token);
}
async function stop(): Promise<void> {
  await kinora?.end('SIGTERM');
  kinora = null;
}
const acts = async (act: string) => (await admin.get<{ items: ActWire[] }>(`/api/audit?act=${act}`)).items;
const video = (id: string) => admin.get<VideoReply>(`/api/videos/${id}`);
/** How the ladders of a server get on, by the order in which they were asked for. */
function fills(dataFolder: string): { video_id: string; priority: number; state: string }[] {
  const database = new Database(join(dataFolder, 'kinora.db'), { readonly: true });
  const asked = database.prepare(
    "SELECT video_id, priority, state FROM jobs WHERE name = 'videos.fill' ORDER BY rowid",
  );
  const rows = asked.all() as ReturnType<typeof fills>;
  database.close();
  return rows;
}
const segments = (dataFolder: string, id: string) =>
  readdirSync(join(dataFolder, 'videos', id, 'hls'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.m4s'))
    .sort();
const copyOriginal = (id: string) =>
  cpSync(join(data, 'videos', id, 'source'), join(target, 'videos', id, 'source'), { recursive: true });

async function plays(id: string): Promise<void> {
  const { variants } = await readMultivariant(admin, (await video(id)).playback!.hls);
  const path = join(folder, `${id}.mp4`);
  for (const { url } of variants) {
    await download(admin, url, path);
    expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-restored-'));
  data = join(folder, 'data');
  target = join(folder, 'target');
  await start(data);
  const body = { ...person('admin'), token: 'restored' };
  ({ token } = await admin.post<{ token: string }>('/api/setup', body, 201));
  admin = createClient(kinora!.url, openapi, token);
  const clip = await makeClip({ seconds: 4, size: '426x240' });
  // One after the other, so that their ladders are asked for in this order.
  first = await admin.upload(clip);
  await admin.waitFor(first, isReady, SOON.timeout);
  second = await admin.upload(clip);
  await admin.waitFor(second, isReady, SOON.timeout);
});
afterAll(async () => {
  await kinora?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('a backup made by hand', () => {
  it('is in the audit log of the server that runs', async () => {
    const before = Date.now();
    expect(await runKinora(['backup', join(folder, 'mine.tar'), '--data', data])).toMatchObject({ code: 0 });
    const after = Date.now();
    await admin.post('/api/tasks/write-down-backups-made-by-hand/run', undefined, 202);
    await expect.poll(() => acts('backup.made'), SOON).toHaveLength(1);
    const [act] = await acts('backup.made');
    expect(act).toMatchObject({
      actor: { id: 'commandline', name: 'command line' },
      target: { id: null, name: 'mine.tar' },
      changes: { path: { after: join(folder, 'mine.tar') }, originals: { after: false } },
    });
    expect(act!.changes['sizeBytes']!.after).toBeGreaterThan(1000);
    expect(act!.changes['operator']!.after).not.toBe('');
    expect(act!.atMs).toBeGreaterThanOrEqual(before);
    expect(act!.atMs).toBeLessThanOrEqual(after);
    expect(readdirSync(data).filter((name) => name.startsWith('backup-made'))).toEqual([]);
  });

  it('also when it was made while the server was off; one that failed is not', async () => {
    await stop();
    expect(await runKinora(['backup', join(folder, 'off.tar'), '--data', data])).toMatchObject({ code: 0 });
    expect(await runKinora(['backup', join(folder, 'off.tar'), '--data', data])).toMatchObject({ code: 1 });
    await start(data);
    const names = async () => (await acts('backup.made')).map(({ target: { name } }) => name);
    await expect.poll(names, SOON).toEqual(['off.tar', 'mine.tar']);
  });

  it('is written down once where the server made it', async () => {
    await admin.post('/api/backups', {}, 202);
    await expect.poll(() => acts('backup.made'), SOON).toHaveLength(3);
    await admin.post('/api/tasks/write-down-backups-made-by-hand/run', undefined, 202);
    expect(readdirSync(data).filter((name) => name.startsWith('backup-made'))).toEqual([]);
    expect((await acts('backup.made'))[0]).toMatchObject({ actor: { name: 'admin' } });
    expect(await acts('backup.made')).toHaveLength(3);
    await stop();
  });
});

describe('after a backup without originals was put back', () => {
  let madeAtMs: number;
  beforeAll(async () => {
    madeAtMs = Date.now();
    const path = join(folder, 'kinora.tar');
    expect(await runKinora(['backup', path, '--data', data])).toMatchObject({ code: 0 });
    expect(await runKinora(['restore', path, '--data', target])).toMatchObject({ code: 0 });
    copyOriginal(first);
    expect(existsSync(join(target, 'restored.json'))).toBe(true);
    await start(target);
  });

  it('the audit log says so, once', async () => {
    const [act, ...more] = await acts('backup.restored');
    expect(more).toEqual([]);
    expect(act).toMatchObject({
      actor: { id: 'commandline', name: 'command line' },
      target: { name: 'kinora.tar' },
      changes: { originals: { after: false }, from: { after: 'a backup' } },
    });
    const at = Date.parse(String(act!.changes['madeAt']!.after));
    expect(at).toBeGreaterThanOrEqual(madeAtMs - 1000);
    expect(act!.atMs).toBeGreaterThanOrEqual(at);
    expect(existsSync(join(target, 'restored.json'))).toBe(false);
  });

  it('what has no original says so, and what has one does not', async () => {
    await expect.poll(async () => (await video(second)).video.offline, SOON).toBe(true);
    expect((await video(first)).video.offline).toBe(false);
    await plays(first);
  });

  it('ladders are filled again, behind everything else', async () => {
    const done = { priority: 0, state: 'done' };
    await expect
      .poll(() => fills(target), SOON)
      .toEqual([
        { video_id: first, ...done },
        { video_id: second, ...done },
        { video_id: first, priority: -10, state: 'done' },
      ]);
    expect(segments(data, first).length).toBeGreaterThan(0);
    expect(segments(target, first)).toEqual(segments(data, first));
  });

  it('originals that are copied back are noticed, and their ladders filled, too', async () => {
    expect(existsSync(join(target, 'videos', second, 'hls'))).toBe(false);
    copyOriginal(second);
    await admin.post('/api/tasks/look-for-originals-that-were-missing/run', undefined, 202);
    await expect.poll(async () => (await video(second)).video.offline, SOON).toBe(false);
    await expect
      .poll(() => (existsSync(join(target, 'videos', second, 'hls')) ? segments(target, second) : []), SOON)
      .toEqual(segments(data, second));
    await plays(second);
  });

  it('the next start has nothing to write down', async () => {
    await stop();
    await start(target);
    expect(await acts('backup.restored')).toHaveLength(1);
    await stop();
  });
});

describe('after the database was rolled back', () => {
  it('the audit log says so, and what is in the data folder is looked at', async () => {
    const path = join(folder, 'kinora.tar');
    expect(await runKinora(['restore', path, '--data', target, '--force'])).toMatchObject({ code: 0 });
    rmSync(join(target, 'videos', first, 'source'), { recursive: true });
    const listed = await runKinora(['rollback', '--data', target]);
    const [name] = /before-restore-\w+/.exec(listed.output)!;
    expect(await runKinora(['rollback', name, '--data', target])).toMatchObject({ code: 0 });
    await start(target);
    const [act, ...more] = await acts('backup.restored');
    // The restore before it is in the database that was put aside.
    expect(more).toHaveLength(1);
    expect(act).toMatchObject({ target: { name }, changes: { from: { after: 'a copy of the database' } } });
    await expect.poll(async () => (await video(first)).video.offline, SOON).toBe(true);
    expect((await video(second)).video.offline).toBe(false);
  });
});
