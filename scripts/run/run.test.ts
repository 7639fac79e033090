import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The wrapper is plain JavaScript without types. */
const load = (name: string) => import(new URL(`./${name}.mjs`, import.meta.url).href);
const { fits } = await load('node');
const { isRecent } = await load('ffmpeg');
const { isInstalled } = await load('npm');
const { withLock } = await load('lock');
const { sourceHash, webSources } = await load('builds');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

describe('which Node will do', () => {
  it.each(['24.9.0', '24.21.0', 'v24.9.1', '26.0.0', '28.1.0'])('%s does', (version) =>
    expect(fits(version)).toBe(true),
  );
  it.each(['18.20.0', '20.20.2', '22.22.0', '24.8.9', '25.9.0', '27.0.0'])('%s does not', (version) => {
    expect(fits(version)).toBe(false);
  });
});

describe('which ffmpeg will do', () => {
  it.each([
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', true],
    ['ffprobe version n7.0 Copyright', true],
    ['ffmpeg version N-115000-gabcdef Copyright', true],
    ['ffmpeg version 2026-01-01-git-abc-full_build', true],
    ['ffmpeg version 5.0.3 Copyright', false],
    ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', false],
    ['', false],
  ])('%s', (banner, will) => expect(isRecent(banner)).toBe(will));
});

describe('what counts as installed', () => {
  const lock = (packages: object) => ({ packages: { '': {}, ...packages } });
  const one = { 'node_modules/one': { version: '1.0.0' } };

  it('is what the lockfile says, without the packages of other platforms', () => {
    write('package-lock.json', lock({ ...one, 'node_modules/two': { version: '2.0.0', optional: true } }));
    expect(isInstalled(folder)).toBe(false);
    write('node_modules/.package-lock.json', lock(one));
    expect(isInstalled(folder)).toBe(true);
  });

  it.each([{}, { 'node_modules/one': { version: '1.0.1' } }, { ...one, 'node_modules/left': { version: '1.0.0' } }])(
    'is not %j',
    (present) => {
      write('package-lock.json', lock(one));
      write('node_modules/.package-lock.json', lock(present));
      expect(isInstalled(folder)).toBe(false);
    },
  );
});

describe('the hash of the web interface', () => {
  it('changes with its sources and the wire shapes, not with tests', () => {
    write('web/main.tsx', 'one');
    write('src/features/videos/api.ts', 'one');
    const before = sourceHash(folder, webSources(folder));
    write('web/main.test.ts', 'a test');
    write('src/features/videos/service.ts', 'a service');
    expect(sourceHash(folder, webSources(folder))).toBe(before);
    write('src/features/videos/api.ts', 'two');
    const then = sourceHash(folder, webSources(folder));
    expect(then).not.toBe(before);
    write('web/new.css', '');
    expect(sourceHash(folder, webSources(folder))).not.toBe(then);
  });
});

describe('the lock', () => {
  it('lets one in at a time and is gone afterwards', async () => {
    const path = join(folder, 'lock');
    const seen: string[] = [];
    const work = (name: string) => () => {
      seen.push(`${name} in`);
      return new Promise<void>((resolve) =>
        setTimeout(() => {
          seen.push(`${name} out`);
          resolve();
        }, 20),
      );
    };
    await Promise.all([withLock(path, work('a')), withLock(path, work('b'))]);
    expect(seen.map((what) => what.split(' ')[1])).toEqual(['in', 'out', 'in', 'out']);
    expect(existsSync(path)).toBe(false);
  });

  it('is taken from a holder that was killed', async () => {
    write('lock/owner', 'somebody');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(join(folder, 'lock/owner'), longAgo, longAgo);
    expect(await withLock(join(folder, 'lock'), async () => readFileSync(join(folder, 'lock/owner'), 'utf8'))).not.toBe(
      'somebody',
    );
  });
});

describe('the wrapper', () => {
  it('says what there is when it is asked for something else', async () => {
    const child = spawn(process.execPath, [new URL('../run.mjs', import.meta.url).pathname, 'nothing']);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1);
    expect(said).toBe(
      'kinora: Say one of: start, kinora, dev, test, check, format, bench, docs, docs:site, screenshots, build, build:binary.\n',
    );
  });
});
