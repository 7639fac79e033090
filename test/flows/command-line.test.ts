import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { AccountWire } from '../../src/features/accounts/users.api.ts';
import type { JobWire } from '../../src/features/jobs/api.ts';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { type CommandOptions, runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, ownArgv, startKinora } from '../support/process.ts';

/** Commands as an admin types them: on a folder nobody serves, and beside a running server. */

const PASSWORD = 'correct horse battery';

let folder: string;
let data: string;
let clip: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-commands-test-'));
  data = join(folder, 'data');
  clip = join(folder, 'A holiday.mp4');
  copyFileSync(await makeClip({ seconds: 2, size: '320x180' }), clip);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (argv: string[], options?: CommandOptions) => runKinora([...argv, '--data', data], options);

async function done(argv: string[], options?: CommandOptions): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  expect(code, `${argv.join(' ')}: ${stdout}${stderr}`).toBe(0);
  return stdout;
}

async function list<T>(...argv: string[]): Promise<T[]> {
  return JSON.parse(await done([...argv, '--json'])) as T[];
}

describe('exit codes', () => {
  it.each([
    [['frobnicate'], 2],
    [['user'], 2],
    [['user', 'role', 'ada', 'king'], 2],
    [['jobs', 'list', '--limit', 'many'], 2],
    [['video', 'import', 'a.mp4'], 2],
    [['--help'], 0],
    [['user', 'add', '--help'], 0],
    [['--version'], 0],
    [['serve', '--port', 'many'], 2],
    [['config', '--config', 'none.yaml'], 2],
    [['restore', 'gone.tar'], 4],
    [['rollback', '--data', 'gone'], 1],
    [['video', 'import', '--as', 'ada', 'ftp://films.example/a.mp4'], 2],
  ])('of %j is %i', async (argv, code) => {
    expect((await runKinora(argv)).code).toBe(code);
  });

  it('come with what was probably meant, and whose help to ask for', async () => {
    const stderrOf = async (...argv: string[]) => (await runKinora(argv)).stderr;
    expect(await stderrOf('bakup', 'kinora.tar')).toBe(
      'error: unknown command \'bakup\'. Did you mean backup?\nSay "kinora --help" to see what there is.\n',
    );
    expect(await stderrOf('serve', '/srv')).toContain('"serve" takes no argument: /srv');
    expect(await stderrOf('jobs', 'list', '--sate')).toContain('Say "kinora jobs list --help"');
    expect(await stderrOf('serve', '--host', 'no.such.name.invalid', '--data', data)).toContain('Set http.host to one');
    expect(await stderrOf('video', 'import', '--as', 'ada', 'ftp://a/b')).toContain('begin with https:// or http://');
    rmSync(data, { recursive: true, force: true });
  });

  it('of what cannot be printed is 0 for a reader that has had enough, and 1 for a full disk', async () => {
    const printInto = async (where: string) => {
      const [command, ...first] = ownArgv();
      const line = [command!, ...first, 'config'].map((word) => `'${word}'`).join(' ');
      const child = spawn('bash', ['-c', `set -o pipefail; ${line} ${where}`], { stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (chunk) => (stderr += chunk));
      const [code] = await once(child, 'close');
      return { code, stderr };
    };
    expect(await printInto('| true')).toEqual({ code: 0, stderr: '' });
    expect(await printInto('> /dev/full')).toEqual({
      code: 1,
      stderr: 'What this command prints cannot be written: its disk is full.\n',
    });
  });

  it('come with what to do about a database that cannot be used', async () => {
    const broken = join(folder, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'kinora.db'), 'This was a database once. '.repeat(1000));
    for (const argv of [
      ['serve', '--port', '0'],
      ['user', 'list'],
    ]) {
      const { code, stderr } = await runKinora([...argv, '--data', broken]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^The file kinora\.db .* put a backup back .*not a database/),
      ]);
    }
  });

  it('say where there is no Kinora, and make none', async () => {
    const listed = await run(['user', 'list']);
    expect(listed).toMatchObject({ code: 1, stderr: expect.stringContaining('--data') });
    expect(await run(['scan'])).toMatchObject({ code: 3 });
    expect(existsSync(data)).toBe(false);
  });
});

describe('without a running server', () => {
  it('accounts are added before the first start, and looked after', async () => {
    expect(await done(['user', 'add', 'ada', '--admin'], { input: PASSWORD })).toBe('Added ada as an admin.\n');
    await done(['user', 'add', 'grace'], { input: PASSWORD });
    expect(await run(['user', 'add', 'Grace'], { input: PASSWORD })).toMatchObject({ code: 1 });
    expect(await run(['user', 'add', 'short'], { input: 'short' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('at least 8 characters'),
    });
    expect(await done(['user', 'role', 'GRACE', 'moderator'])).toBe('grace is a moderator.\n');
    const table = await done(['user', 'list']);
    expect(table.split('\n')[0]).toMatch(/^NAME +ROLE +STATE +E-MAIL +SESSIONS +SINCE$/);
    expect(table).toMatch(/^grace +moderator +active +grace@localhost.localdomain +0 /m);
    expect(await run(['user', 'remove', 'ada'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('only admin'),
    });
    expect(await run(['user', 'remove', 'nobody'])).toMatchObject({ code: 4 });
  });

  it('an upload is taken in, its work waiting for the start', async () => {
    const said = await done(['video', 'import', '--as', 'grace', clip]);
    expect(said).toMatch(/^\S+ {2}A holiday\nIt is made playable when Kinora starts\.\n$/);
    expect(await list<JobWire>('jobs', 'list')).toMatchObject([{ name: 'videos.probe', state: 'queued' }]);
    expect(existsSync(clip)).toBe(true);
    expect(await run(['video', 'import', '--as', 'nobody', clip])).toMatchObject({ code: 4 });
    expect(await run(['video', 'import', '--as', 'grace', join(folder, 'gone.mp4')])).toMatchObject({ code: 4 });
    expect(await run(['video', 'import', '--as', 'grace', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('library add'),
    });
  });

  it('what only a server does is refused', async () => {
    for (const argv of [['scan'], ['jobs', 'watch']]) {
      expect(await run(argv)).toMatchObject({ code: 3, stderr: expect.stringContaining('does not run') });
    }
  });
});

describe('beside a running server', () => {
  let kinora: KinoraProcess;
  beforeAll(async () => {
    kinora = await startKinora(data);
  });
  afterAll(() => kinora?.end('SIGTERM'));

  const signIn = (login: string, password: string) =>
    fetch(`${kinora.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });

  it('the channel is for its user alone, and of no use without its token', async () => {
    const path = join(data, 'kinora.channel');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    const { port } = JSON.parse(readFileSync(path, 'utf8')) as { port: number };
    const attempts: Record<string, string>[] = [{}, { Authorization: 'Bearer guess' }, { 'X-Kinora-As': 'ada' }];
    for (const headers of attempts) {
      expect((await fetch(`http://127.0.0.1:${port}/api/users`, { headers })).status).toBe(401);
    }
    // Nor does the public port take these headers for anything.
    expect((await fetch(`${kinora.url}/api/users`, { headers: { 'X-Kinora-As': 'ada' } })).status).toBe(401);
  });

  /** A socket of somebody's, and the code it is closed with. */
  const listen = async (token: string) => {
    const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const closed = once(socket, 'close').then(([code]) => code as number);
    await once(socket, 'open');
    return { closed };
  };

  it('passwords, sessions and sockets end at once, and the log says who did it', async () => {
    const { token } = (await (await signIn('grace', PASSWORD)).json()) as { token: string };
    const asGrace = () => fetch(`${kinora.url}/api/me`, { headers: { Authorization: `Bearer ${token}` } });
    expect((await asGrace()).status).toBe(200);
    const socket = await listen(token);
    expect(await done(['user', 'sessions', 'end', 'grace'])).toBe('Ended one session of grace.\n');
    expect((await asGrace()).status).toBe(401);
    expect(await socket.closed).toBe(1008);
    const again = (await (await signIn('grace', PASSWORD)).json()) as { token: string };
    const second = await listen(again.token);
    await done(['user', 'password', 'grace'], { input: 'another long word' });
    expect(await second.closed).toBe(1008);
    expect((await signIn('grace', PASSWORD)).status).toBe(401);
    expect((await signIn('grace', 'another long word')).status).toBe(200);
    expect(kinora.output()).toMatch(/DELETE.*sessions.*operator|operator.*DELETE.*sessions/);
  });

  it('accounts are removed and restored', async () => {
    await done(['user', 'remove', 'grace']);
    expect((await signIn('grace', 'another long word')).status).toBe(401);
    expect((await list<AccountWire>('user', 'list')).map(({ username }) => username)).toEqual(['ada']);
    expect((await list<AccountWire>('user', 'list', '--removed')).map(({ username }) => username)).toEqual(['grace']);
    await done(['user', 'restore', 'grace']);
    expect((await signIn('grace', 'another long word')).status).toBe(200);
    const { token } = (await (await signIn('ada', PASSWORD)).json()) as { token: string };
    const audit = await fetch(`${kinora.url}/api/audit`, { headers: { Authorization: `Bearer ${token}` } });
    const { items } = (await audit.json()) as { items: { act: string; actor: { name: string } }[] };
    expect(items).toContainEqual(
      expect.objectContaining({ act: 'user.removed', actor: expect.objectContaining({ name: 'command line' }) }),
    );
  });

  it('libraries are added, scanned and watched until all is done', async () => {
    const films = join(folder, 'films');
    mkdirSync(films);
    copyFileSync(clip, join(films, 'Metropolis (1927).mp4'));
    await done(['library', 'add', 'Films', films]);
    await done(['jobs', 'watch', '--until-idle']);
    copyFileSync(clip, join(films, 'Faust (1926).mp4'));
    expect(await done(['scan', 'films'])).toContain('Scanning Films.');
    await done(['jobs', 'watch', '--until-idle']);
    expect(await list<JobWire>('jobs', 'list', '--lane', 'scan', '--state', 'done')).not.toEqual([]);
    expect(await list<LibraryWire>('library', 'list')).toMatchObject([
      { name: 'Films', kind: 'home', videoCount: 2, folders: [{ path: films, online: true }] },
    ]);
    expect(await run(['scan', 'Nothing'])).toMatchObject({ code: 4 });
    expect(await run(['library', 'add', 'Gone', join(folder, 'gone')])).toMatchObject({ code: 2 });
  });

  it('files are imported for an account, listed, removed and restored', async () => {
    const moved = join(folder, 'Moved.mp4');
    copyFileSync(clip, moved);
    const said = await done(['video', 'import', '--as', 'grace', '--move', '--visibility', 'public', moved]);
    const id = said.split(' ')[0]!;
    expect(existsSync(moved)).toBe(false);
    expect(readFileSync(join(data, 'videos', id, 'source', 'original')).equals(readFileSync(clip))).toBe(true);
    await done(['jobs', 'watch', '--until-idle']);
    const own = await list<VideoWire>('video', 'list', '--owner', 'grace');
    expect(own.map(({ title, state, visibility }) => ({ title, state, visibility }))).toEqual([
      { title: 'Moved', state: 'ready', visibility: 'public' },
      { title: 'A holiday', state: 'ready', visibility: 'private' },
    ]);
    await done(['video', 'remove', id]);
    expect(await list('video', 'list', '--owner', 'grace')).toHaveLength(1);
    await done(['video', 'restore', id]);
    expect(await list('video', 'list', '--owner', 'grace')).toHaveLength(2);
    expect(await run(['video', 'remove', 'Aaaa1111Bbbb22'])).toMatchObject({ code: 4 });
  });

  it('jobs that failed are tried again, and those that ended are not cancelled', async () => {
    const broken = join(folder, 'broken.mp4');
    writeFileSync(broken, Buffer.concat([readFileSync(clip).subarray(0, 3000), Buffer.alloc(5000, 7)]));
    await done(['video', 'import', '--as', 'grace', broken]);
    await done(['jobs', 'watch', '--until-idle']);
    const [failed] = await list<JobWire>('jobs', 'list', '--state', 'failed');
    expect(failed).toMatchObject({ name: 'videos.probe' });
    expect(await run(['jobs', 'cancel', failed!.id])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ended'),
    });
    await done(['jobs', 'retry', failed!.id]);
    expect(await run(['jobs', 'retry', 'Aaaa1111Bbbb22'])).toMatchObject({ code: 4 });
  });

  it('tables fit the terminal, without colours', async () => {
    const table = await done(['video', 'list', '--owner', 'grace'], { env: { COLUMNS: '60' } });
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(table).toContain('…');
    expect(table).not.toContain('\x1b');
  });

  it('a server that cannot be reached is told from one that does not run', async () => {
    const path = join(data, 'kinora.channel');
    const channel = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify({ port: 1, token: 'old' }));
    expect(await run(['user', 'list'])).toMatchObject({ code: 3, stderr: expect.stringContaining('container') });
    writeFileSync(path, channel);
    chmodSync(path, 0o600);
  });

  it('takes its channel away when it stops', async () => {
    await kinora.end('SIGTERM');
    expect(existsSync(join(data, 'kinora.channel'))).toBe(false);
    expect(await list<AccountWire>('user', 'list')).toHaveLength(2);
  });
});
