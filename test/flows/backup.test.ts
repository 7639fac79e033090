import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { writeArchive } from '../../src/platform/backup/archive.ts';
import { createClient, isPlayable, isReady, type TestClient } from '../support/client.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { runKinora } from '../support/kinora-command.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** Backups as an admin makes them: programs of their own beside a real server, and a real server on what they put back. */

const ENV = {
  KINORA_SETUP_TOKEN: 'backup-test',
  KINORA_ENCODING_HEIGHTS: '[240]',
  KINORA_ENCODING_HARDWARE: 'off',
  KINORA_LOG_LEVEL: 'warn',
};

/** Small disks are mounted, which takes root, as in CI. */
const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

let folder: string;
let data: string;
let clip: string;
let server: KinoraProcess;
let admin: TestClient;
let videoId: string;
let captionUrl: string;
const running: KinoraProcess[] = [];

async function start(dataFolder: string, env: Record<string, string> = {}): Promise<KinoraProcess> {
  const kinora = await startKinora(dataFolder, { ...ENV, ...env });
  running.push(kinora);
  return kinora;
}
async function clientOf(kinora: KinoraProcess, token?: string): Promise<TestClient> {
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  return createClient(kinora.url, openapi, token);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-backup-'));
  data = join(folder, 'data');
  clip = await makeClip({ seconds: 6, size: '426x240' });
  mkdirSync(data);
  writeFileSync(join(data, 'kinora.yaml'), 'instance:\n  name: The Backed Up\n');
  server = await start(data);
  const { token } = await (await clientOf(server)).post<{ token: string }>(
    '/api/setup',
    { ...person('admin'), token: 'backup-test' },
    201,
  );
  admin = await clientOf(server, token);
  videoId = await admin.upload(clip);
  await admin.waitFor(videoId, isReady);
  const { response } = await admin.raw('POST', `/api/videos/${videoId}/captions?filename=own.en.srt`, {
    body: '1\n00:00:00,500 --> 00:00:02,000\nKept by hand\n',
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  expect(response.status).toBe(201);
  const reply = await admin.get<VideoReply>(`/api/videos/${videoId}`);
  captionUrl = reply.playback!.captions[0]!.vtt!;
});
afterAll(async () => {
  await Promise.all(running.map((kinora) => kinora.end('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

/** Every row of the tables people would miss, in a form that can be compared. */
function rowsOf(databasePath: string): Record<string, unknown[]> {
  const db = new Database(databasePath, { readonly: true });
  try {
    const tables = ['users', 'videos', 'sources', 'renditions', 'captions', 'watch_progress', '_migrations'];
    return Object.fromEntries(tables.map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all()]));
  } finally {
    db.close();
  }
}

async function plays(client: TestClient, id: string): Promise<void> {
  const reply = await client.waitFor(id, isPlayable);
  const { variants } = await readMultivariant(client, reply.playback!.hls);
  const path = join(folder, `${id}.mp4`);
  for (const { url } of variants) {
    await download(client, url, path);
    expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
  }
}

/** The jobs that wait or run. */
async function atWork(): Promise<string[]> {
  const pages = await Promise.all(
    ['queued', 'running'].map((state) => admin.get<{ items: { name: string }[] }>(`/api/jobs?state=${state}`)),
  );
  return pages.flatMap(({ items }) => items.map(({ name }) => name));
}

describe('a backup', () => {
  it('made under load is put back elsewhere whole, and a server goes on from it', async () => {
    const path = join(folder, 'loaded.tar');
    let writing = true;
    let saved = 0;
    const progress = (async () => {
      for (; writing; saved++) {
        await admin.send('PUT', `/api/videos/${videoId}/progress`, { positionMs: (saved % 50) * 100 });
      }
    })();
    // Uploads and their encodes go on while it is written.
    const uploads = Promise.all([admin.upload(clip), admin.upload(clip), admin.upload(clip)]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const made = await runKinora(['backup', path, '--data', data, '--with-originals']);
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining('checked') });
    writing = false;
    await progress;
    const uploaded = await uploads;
    expect(saved).toBeGreaterThan(0);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('loaded.tar'))).toEqual(['loaded.tar']);

    const elsewhere = join(folder, 'elsewhere');
    const back = await runKinora(['restore', path, '--data', elsewhere]);
    expect(back.stdout).toContain(`Start it with: kinora serve --data ${elsewhere}\n`);
    expect(back).toMatchObject({ code: 0, output: expect.stringContaining('kinora serve') });
    expect(readFileSync(join(elsewhere, 'secret'))).toEqual(readFileSync(join(data, 'secret')));
    // Everything the database speaks of is there.
    const rows = rowsOf(join(elsewhere, 'kinora.db'));
    for (const { location } of rows['sources'] as { location: string }[]) {
      expect(readFileSync(join(elsewhere, location)).equals(readFileSync(clip))).toBe(true);
    }
    const restored = await start(elsewhere);
    const client = await clientOf(restored, admin.token);
    expect(await client.get('/api/instance')).toMatchObject({ name: 'The Backed Up', needsSetup: false });
    expect((await client.bytes(captionUrl)).toString()).toContain('Kept by hand');
    const poster = (await client.get<VideoReply>(`/api/videos/${videoId}`)).video.posterUrl;
    expect((await client.bytes(poster!)).length).toBeGreaterThan(500);
    await plays(client, videoId);
    // What was being uploaded is whole, or goes on to be asked for.
    const known = (rows['sources'] as { video_id: string }[]).map(({ video_id }) => video_id);
    for (const id of uploaded.filter((one) => known.includes(one))) {
      await client.waitFor(id, isReady);
      await plays(client, id);
    }
    await restored.end('SIGTERM');
  });

  it('of a server at rest has every row, and can be checked with tar and sha256sum alone', async () => {
    await expect.poll(atWork, { timeout: 120_000 }).toEqual([]);
    const path = join(folder, 'rest.tar');
    expect(await runKinora(['backup', path, '--data', data])).toMatchObject({ code: 0 });
    const target = join(folder, 'rest');
    expect(await runKinora(['restore', path, '--data', target])).toMatchObject({ code: 0 });
    expect(rowsOf(join(target, 'kinora.db'))).toEqual(rowsOf(join(data, 'kinora.db')));
    expect(readFileSync(join(target, 'kinora.yaml'), 'utf8')).toContain('The Backed Up');
    expect(existsSync(join(target, `videos/${videoId}/source`))).toBe(false);
    expect(readdirSync(join(target, `videos/${videoId}/images`))).toEqual(
      readdirSync(join(data, `videos/${videoId}/images`)),
    );
    const unpacked = mkdtempSync(join(folder, 'tar-'));
    execFileSync('tar', ['-xf', path, '-C', unpacked]);
    expect(String(execFileSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: unpacked }))).toMatch(
      /kinora\.db: OK/,
    );
  });

  it('refuses with a sentence what it cannot do, and leaves nothing', async () => {
    const taken = join(folder, 'taken.tar');
    writeFileSync(taken, 'mine');
    const cases: [argv: string[], says: RegExp][] = [
      [[taken, '--data', data], /is already there/],
      [[join(folder, 'new.tar'), '--data', join(folder, 'nothing')], /is not a data folder of Kinora/],
      [[join(folder, 'no/such/new.tar'), '--data', data], /There is no folder/],
      [[join(data, 'videos/new.tar'), '--data', data], /among the videos/],
    ];
    for (const [argv, says] of cases) {
      const { code, output } = await runKinora(['backup', ...argv]);
      expect(output).toMatch(says);
      expect(code).toBe(1);
    }
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    expect(readdirSync(folder).filter((name) => /new\.tar|taken\.tar./.test(name))).toEqual([]);
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  it.runIf(isRoot)('says so when the disk is full, beforehand and in the middle, and leaves nothing', async () => {
    const disk = mkdtempSync(join(folder, 'disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { encoding: 'utf8' });
    if (mounted.status !== 0) throw new Error(`no small disk can be mounted here: ${mounted.stderr}`);
    try {
      const { code, output } = await runKinora(['backup', join(disk, 'full.tar'), '--data', data, '--with-originals']);
      expect(output).toMatch(/There is not enough room/);
      expect(code).toBe(1);
      expect(readdirSync(disk)).toEqual([]);
      const files = (async function* () {
        yield { name: 'a', sizeBytes: 1 << 20, modifiedAtMs: 0, body: Array(16).fill(Buffer.alloc(1 << 16)) };
      })();
      const writing = writeArchive(join(disk, 'a'), files, { signal: AbortSignal.timeout(10_000) });
      await expect(writing).rejects.toMatchObject({ code: 'ENOSPC' });
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });
});

describe('restoring', () => {
  let good: string;
  beforeAll(async () => {
    good = join(folder, 'good.tar');
    expect(await runKinora(['backup', good, '--data', data])).toMatchObject({ code: 0 });
  });

  it.each<[what: string, damage: (path: string) => void, says: RegExp]>([
    ['was cut off', (path) => truncateSync(path, statSync(path).size >> 1), /This backup is damaged/],
    [
      'lost its end alone',
      (path) => truncateSync(path, lastEntryAt(path)),
      /This backup is damaged: (its end is missing|Tar archive is truncated)/,
    ],
    [
      'has a flipped bit in its database',
      (path) => flip(path, 'CREATE TABLE'),
      /This backup is damaged: "kinora.db" is not/,
    ],
    ['is something else', (path) => writeFileSync(path, 'not a tar at all'.repeat(200)), /This backup is damaged/],
    ['is empty', (path) => truncateSync(path, 0), /This backup is damaged/],
  ])('refuses one that %s', async (what, damage, says) => {
    const path = join(folder, 'bad.tar');
    copyFileSync(good, path);
    damage(path);
    const target = join(folder, `bad-${what.replaceAll(' ', '-')}`);
    const { code, output } = await runKinora(['restore', path, '--data', target]);
    expect(output).toMatch(says);
    expect(code).toBe(1);
    expect(readdirSync(target).filter((name) => name !== 'lock.db')).toEqual([]);
  });

  it('refuses a folder that a server uses, and one that is not empty', async () => {
    const used = await runKinora(['restore', good, '--data', data, '--force']);
    expect(used).toMatchObject({ code: 1, output: expect.stringContaining('Another Kinora') });
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'letters.txt'), 'dear');
    const notEmpty = await runKinora(['restore', good, '--data', other]);
    expect(notEmpty).toMatchObject({ code: 1, output: expect.stringContaining('is not empty (letters.txt)') });
    expect(readFileSync(join(other, 'letters.txt'), 'utf8')).toBe('dear');
    expect(existsSync(join(other, 'kinora.db'))).toBe(false);
  });

  it('with --force keeps what was there aside, and rollback brings it back', async () => {
    const target = join(folder, 'forced');
    const first = await start(target);
    const nobody = await clientOf(first);
    await nobody.post('/api/setup', { ...person('somebody'), token: 'backup-test' }, 201);
    await first.end('SIGTERM');
    const names = () => {
      const db = new Database(join(target, 'kinora.db'), { readonly: true });
      const found = db.prepare('SELECT username FROM users').pluck().all();
      db.close();
      return found;
    };
    expect(names()).toEqual(['somebody']);
    const back = await runKinora(['restore', good, '--data', target, '--force']);
    expect(back).toMatchObject({ code: 0, output: expect.stringContaining('before-restore-') });
    expect(names()).toEqual(['admin']);
    const listed = await runKinora(['rollback', '--data', target]);
    const [name] = /before-restore-\w+/.exec(listed.output)!;
    expect(await runKinora(['rollback', 'before-nothing', '--data', target])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('There is no snapshot "before-nothing"'),
    });
    expect(await runKinora(['rollback', name, '--data', target])).toMatchObject({ code: 0 });
    expect(names()).toEqual(['somebody']);
    const again = await start(target);
    expect((await fetch(`${again.url}/readyz`)).ok).toBe(true);
    await again.end('SIGTERM');
  });

  it('refuses one that a newer Kinora made', async () => {
    const newer = join(folder, 'newer');
    await runKinora(['restore', good, '--data', newer]);
    const db = new Database(join(newer, 'kinora.db'));
    db.prepare("INSERT INTO _migrations VALUES ('9999_future', 'x', 1)").run();
    db.close();
    const path = join(folder, 'newer.tar');
    expect(await runKinora(['backup', path, '--data', newer])).toMatchObject({ code: 0 });
    const target = join(folder, 'older');
    const back = await runKinora(['restore', path, '--data', target]);
    expect(back).toMatchObject({ code: 1, output: expect.stringContaining('made by a newer Kinora') });
    expect(readdirSync(target)).toEqual(['lock.db']);
    // And neither does an older server touch its database.
    const before = hashOf(join(newer, 'kinora.db'));
    const files = readdirSync(newer).sort();
    const served = await runKinora(['serve', '--data', newer, '--port', '0', '--host', '127.0.0.1'], { env: ENV });
    expect(served).toMatchObject({
      code: 1,
      output: expect.stringContaining('made by a newer Kinora: it has 9999_future'),
    });
    expect(hashOf(join(newer, 'kinora.db'))).toBe(before);
    const own = /^(lock\.db-journal|kinora\.db-(wal|shm)|kinora\.pid|tmp|uploads|logs)$/;
    expect(readdirSync(newer).filter((name) => !own.test(name) && !files.includes(name))).toEqual([]);
  });
});

describe('scheduled backups', () => {
  it('are a job that everybody with a right to can see, and the oldest go', async () => {
    const target = join(folder, 'scheduled');
    const backups = join(folder, 'kept');
    mkdirSync(backups);
    for (const day of ['01', '02', '03']) writeFileSync(join(backups, `kinora-202001${day}T000000Z.tar`), 'old');
    writeFileSync(join(backups, 'other.tar'), 'not ours');
    // What killed ones leave, long ago and just now, and what is somebody else's.
    const left = ['kinora-20200104T000000Z.tar.7.part', 'kinora-20200105T000000Z.tar.7.db', 'film.7.part'];
    for (const name of left) writeFileSync(join(backups, name), 'half');
    for (const name of [left[0]!, left[2]!]) utimesSync(join(backups, name), 1, 1);
    const kinora = await start(target, {
      KINORA_BACKUP_SCHEDULE: '@daily',
      KINORA_BACKUP_FOLDER: backups,
      KINORA_BACKUP_KEEP: '2',
    });
    const nobody = await clientOf(kinora);
    const { token } = await nobody.post<{ token: string }>(
      '/api/setup',
      { ...person('admin'), token: 'backup-test' },
      201,
    );
    const client = await clientOf(kinora, token);
    const isDone = async () => {
      const { items } = await client.get<{ items: { name: string; state: string; error: string | null }[] }>(
        '/api/jobs?lane=backup',
      );
      return items.find(({ name, state }) => name === 'backups.write' && state !== 'queued' && state !== 'running');
    };
    await expect.poll(isDone, { timeout: 180_000 }).toMatchObject({ state: 'done', error: null });
    const kept = readdirSync(backups).sort();
    expect(kept).toEqual([
      'film.7.part',
      'kinora-20200103T000000Z.tar',
      'kinora-20200105T000000Z.tar.7.db',
      expect.stringMatching(/^kinora-\d{8}T\d{6}Z\.tar$/),
      'other.tar',
    ]);
    const metrics = await (await client.raw('GET', '/metrics')).text;
    expect(metrics).toMatch(/kinora_backups 2/);
    expect(metrics).toMatch(/kinora_backup_last_success_timestamp_seconds 1[0-9]{9}/);
    const back = await runKinora(['restore', join(backups, kept[3]!), '--data', join(folder, 'from-schedule')]);
    expect(back).toMatchObject({ code: 0 });
    await kinora.end('SIGTERM');
  });
});

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Where the header of the list of hashes is. */
function lastEntryAt(path: string): number {
  const at = readFileSync(path).lastIndexOf('SHA256SUMS');
  return at - (at % 512);
}

function flip(path: string, near: string): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(near);
  expect(at).toBeGreaterThan(0);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(path, bytes);
}
