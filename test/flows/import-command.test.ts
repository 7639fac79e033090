import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, ownArgv, startKinora } from '../support/process.ts';

/** `kinora video import URL`, as an admin types it. */

const ENV = { KINORA_IMPORTS_ALLOW_NETWORKS: '["127.0.0.1"]', KINORA_ENCODING_POLICY_UPLOADS: 'lazy' };

let folder: string;
let data: string;
let content: Buffer;
let server: FileServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-import-command-'));
  data = join(folder, 'data');
  content = readFileSync(await makeClip({ seconds: 4, size: '320x180' }));
  server = await startFileServer({ content });
  expect((await run('user', 'add', 'ada', '--admin')).code).toBe(0);
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...argv: string[]) =>
  runKinora([...argv, '--data', data], { env: ENV, input: argv[1] === 'add' ? 'correct horse battery' : '' });
const videos = async () => JSON.parse((await run('video', 'list', '--owner', 'ada', '--json')).stdout) as VideoWire[];

describe('without a running server', () => {
  it('a link waits for the start', async () => {
    const { code, stdout } = await run('video', 'import', '--as', 'ada', `${server.url}/later.mp4`);
    expect(stdout).toMatch(/^\S+ {2}later\nIt is fetched when Kinora starts\.\n$/);
    expect(code).toBe(0);
    expect(server.requests).toEqual([]);
    expect(await run('video', 'import', '--as', 'ada', '--wait', `${server.url}/later.mp4`)).toMatchObject({ code: 3 });
  });
});

describe('beside a running server', () => {
  let kinora: KinoraProcess;
  beforeAll(async () => {
    kinora = await startKinora(data, ENV);
  });
  afterAll(() => kinora?.end('SIGTERM'));

  it('what waited is fetched', async () => {
    await expect.poll(async () => (await videos())[0], { timeout: 30_000 }).toMatchObject({ playable: true });
  });

  it('a link is fetched, and waited for until it can be played', async () => {
    const url = `${server.url}/Now.mp4`;
    const { code, output } = await run('video', 'import', '--as', 'ada', '--visibility', 'internal', '--wait', url);
    expect(output).toMatch(/^\S{14} {2}Now\n$/);
    expect(code).toBe(0);
    expect((await videos())[0]).toMatchObject({
      title: 'Now',
      visibility: 'internal',
      playable: true,
      origin: 'import',
    });
  });

  it('what cannot be fetched or played is said, with exit codes', async () => {
    const asAda = (...argv: string[]) => run('video', 'import', '--as', 'ada', ...argv);
    expect(await asAda('http://192.168.0.1/a.mp4')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('imports.allowNetworks'),
    });
    server.become({ content: Buffer.from('Dear diary, this is not a film. '.repeat(99)) });
    expect(await asAda(`${server.url}/diary.mp4`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('This is a text file'),
    });
    server.become({ content });
    expect(await asAda('--move', `${server.url}/a.mp4`)).toMatchObject({ code: 2 });
    expect(await run('video', 'import', '--as', 'nobody', `${server.url}/a.mp4`)).toMatchObject({ code: 4 });
  });

  it('Ctrl-C leaves the server to it', async () => {
    server.become({ content, bytesPerSecond: content.length / 200 });
    const [command, ...first] = ownArgv();
    const argv = [...first, 'video', 'import', '--as', 'ada', `${server.url}/slow.mp4`, '--data', data];
    const child = spawn(command!, argv, { env: { ...process.env, ...ENV } });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const ended = new Promise<number | null>((done) => child.once('close', done));
    const slow = async () => (await videos()).find(({ title }) => title === 'slow');
    await expect.poll(async () => (await slow())?.receivedBytes ?? 0, { timeout: 90_000 }).toBeGreaterThan(0);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    server.become({ content });
    expect(said).toContain(`"kinora video remove ${(await slow())!.id}" stops it`);
    await expect.poll(slow, { timeout: 90_000 }).toMatchObject({ playable: true });
  });
});
