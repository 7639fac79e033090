import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { startKinora } from '../support/process.ts';

/** What the single binary unpacks, and what becomes of it: starts at the same time, damage, disks that are full or forbid programs. */

const BINARY = process.env['KINORA_TEST_BINARY']!;
/** Mounting takes root, as in CI. */
const isRoot = process.getuid?.() === 0;
if (process.env['CI'] && !isRoot) throw new Error('CI must be able to mount small disks');

let folder: string;
const mounted: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-unpack-'));
});
afterEach(() => {
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path]);
  rmSync(folder, { recursive: true, force: true });
});

const cache = () => join(folder, 'cache');

function mount(path: string, options: string): void {
  mkdirSync(path);
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`nothing can be mounted here: ${stderr}`);
  mounted.push(path);
}

/** Runs it to its end; loading the native part of its database comes before anything else. */
function run(env: Record<string, string>, args = ['--version']) {
  const cwd = join(folder, 'empty');
  mkdirSync(cwd, { recursive: true });
  const { status, stdout, stderr } = spawnSync(BINARY, args, { cwd, env: { PATH: '', ...env }, encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr };
}

/** Serves until all is unpacked, and returns two of the libraries: one is loaded first of all, one with the first picture. */
async function serveOnce(): Promise<string[]> {
  const kinora = await startKinora(join(folder, 'data'), { KINORA_CACHE_DIR: cache(), KINORA_LOG_LEVEL: 'warn' });
  await expect.poll(() => kinora.output(), { timeout: 30_000 }).toContain('Kinora is at');
  expect(await kinora.end('SIGTERM')).toBe(0);
  return [...unpacked('better-sqlite3.node'), ...unpacked('libvips-cpp.so.*').filter((name) => !/checked$/.test(name))];
}

const works = { status: 0, stdout: packageJson.version, stderr: '' };
const unpacked = (pattern: string) => globSync(`**/${pattern}`, { cwd: cache() }).map((name) => join(cache(), name));
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('what is unpacked', () => {
  it('is there once, for this user alone, and used again', () => {
    expect(run({ KINORA_CACHE_DIR: cache() })).toEqual(works);
    const [addon] = unpacked('better-sqlite3.node');
    const before = statSync(addon!);
    expect(before.mode & 0o077).toBe(0);
    expect(run({ KINORA_CACHE_DIR: cache() })).toEqual(works);
    expect(statSync(addon!).ino).toBe(before.ino);
  });

  it.each([
    ['other bytes of the same size and date', (path: string) => overwrite(path)],
    ['a part of it', (path: string) => truncateSync(path, 100_000)],
    ['nothing', (path: string) => rmSync(path)],
  ])('is made anew where there is %s', async (_what, damage) => {
    const libraries = await serveOnce();
    expect(libraries).toHaveLength(2);
    const right = libraries.map(sha256);
    for (const path of libraries) damage(path);
    expect(await serveOnce()).toEqual(libraries);
    expect(libraries.map(sha256)).toEqual(right);
  });

  it('is whole after any number of starts at once, and after a kill in the middle', async () => {
    const starts = Array.from({ length: 4 }, (_, n) => {
      const env = { PATH: '', KINORA_CACHE_DIR: cache() };
      const child = spawn(BINARY, ['--version'], { env, stdio: 'ignore' });
      if (n === 3) setTimeout(() => child.kill('SIGKILL'), 60);
      return new Promise<number | null>((resolve) => child.once('close', resolve));
    });
    expect((await Promise.all(starts)).slice(0, 3)).toEqual([0, 0, 0]);
    expect(run({ KINORA_CACHE_DIR: cache() })).toEqual(works);
    // What the killed one was writing is swept by a later version; the others leave nothing.
    expect(unpacked('*.part').length).toBeLessThanOrEqual(1);
  });

  it('serves two instances that start at the same time', async () => {
    const [old, used] = ['0123456789abcdef', '0123456789abcdee'].map((name) => join(cache(), name));
    for (const path of [old!, used!]) mkdirSync(path, { recursive: true, mode: 0o700 });
    utimesSync(old!, new Date(), new Date(Date.now() - 40 * 86_400_000));
    const both = await Promise.all(
      ['one', 'two'].map((name) =>
        startKinora(join(folder, name), { KINORA_CACHE_DIR: cache(), KINORA_LOG_LEVEL: 'warn' }),
      ),
    );
    await expect.poll(() => unpacked('ffprobe').length, { timeout: 30_000 }).toBe(1);
    await expect.poll(() => unpacked('*.part'), { timeout: 30_000 }).toEqual([]);
    // What a version has left that was last used forty days ago goes meanwhile, once.
    await expect.poll(() => existsSync(old!), { timeout: 30_000 }).toBe(false);
    expect(existsSync(used!)).toBe(true);
    for (const kinora of both) expect(await kinora.end('SIGTERM')).toBe(0);
    const doctor = run({ KINORA_CACHE_DIR: cache() }, ['doctor', '--data', join(folder, 'one'), '--json']);
    const { sections } = JSON.parse(doctor.stdout) as { sections: { title: string; findings: { state: string }[] }[] };
    expect(sections.find(({ title }) => title === 'ffmpeg')?.findings[0]?.state).toBe('ok');
  });
});

describe('a folder that will not do', () => {
  it.runIf(isRoot)('because programs may not be run from it is named, and the variable that helps', () => {
    mount(cache(), 'size=64m,noexec');
    const { status, stderr } = run({ KINORA_CACHE_DIR: cache() });
    expect(status).toBe(1);
    expect(stderr).toContain(`${cache()}: programs may not be run from it (it is mounted noexec)`);
    expect(stderr).toContain('Set KINORA_CACHE_DIR to');
    expect(stderr).not.toContain('    at ');
  });

  it.runIf(isRoot)('because its disk is full leaves nothing half done', () => {
    mount(cache(), 'size=1m');
    const { status, stderr } = run({ KINORA_CACHE_DIR: cache() });
    expect(status).toBe(1);
    expect(stderr).toContain(`${cache()}: its disk is full`);
    expect(unpacked('*.part')).toEqual([]);
  });

  it.runIf(isRoot)('for ffmpeg ends the start with a sentence', () => {
    mount(cache(), 'size=64m');
    const { status, stderr } = run({ KINORA_CACHE_DIR: cache(), KINORA_LOG_LEVEL: 'error' }, [
      ...['serve', '--port', '0', '--host', '127.0.0.1', '--data', join(folder, 'data')],
    ]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/ffmpeg cannot be unpacked to .*: its disk is full\. Set KINORA_CACHE_DIR/);
    expect(unpacked('*.part')).toEqual([]);
  });

  it.runIf(isRoot)('is passed over where nobody chose it', () => {
    mount(join(folder, 'home'), 'size=64m,noexec');
    mount(join(folder, 'read-only'), 'size=1m,ro');
    mkdirSync(join(folder, 'tmp'));
    for (const home of ['home', 'read-only']) {
      expect(run({ HOME: join(folder, home), TMPDIR: join(folder, 'tmp') })).toEqual(works);
    }
    expect(existsSync(join(folder, 'tmp', 'kinora-0'))).toBe(true);
  });

  it.runIf(process.platform !== 'win32')('because others may write to it is not used', () => {
    mkdirSync(cache());
    spawnSync('chmod', ['777', cache()]);
    const { status, stderr } = run({ KINORA_CACHE_DIR: cache() });
    expect(status).toBe(1);
    expect(stderr).toContain('other users may write to it');
  });

  it('because it is a file says so', () => {
    writeFileSync(cache(), '');
    expect(run({ KINORA_CACHE_DIR: cache() }).stderr).toMatch(
      /a part of its path is a file|there is a file of that name/,
    );
  });
});

/** Changes the middle of a file, and nothing that `ls` shows. */
function overwrite(path: string): void {
  const { atime, mtime, size } = statSync(path);
  writeSync(openSync(path, 'r+'), Buffer.alloc(4096, 'x'), 0, 4096, size >> 1);
  utimesSync(path, atime, mtime);
}
