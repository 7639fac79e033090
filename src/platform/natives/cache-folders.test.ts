import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolders, makeTrusted } from './cache-folders.ts';

const linux = { env: {}, platform: 'linux', home: '/users/ada', tmp: '/tmp', uid: 1000 } as const;

describe('folders to unpack to', () => {
  it.each([
    ['home', linux, ['/users/ada/.cache/kinora', '/tmp/kinora-1000']],
    ['the XDG cache', { ...linux, env: { XDG_CACHE_HOME: '/c' } }, ['/c/kinora', '/tmp/kinora-1000']],
    ['no home', { ...linux, home: '' }, ['/tmp/kinora-1000']],
    [
      "systemd's",
      { ...linux, env: { CACHE_DIRECTORY: '/var/cache/kinora' }, home: '' },
      ['/var/cache/kinora', '/tmp/kinora-1000'],
    ],
    ['macOS', { ...linux, platform: 'darwin' }, ['/users/ada/Library/Caches/kinora', '/tmp/kinora-1000']],
    [
      'what was chosen, and no other',
      { ...linux, env: { KINORA_CACHE_DIR: '/here', XDG_CACHE_HOME: '/c' } },
      ['/here'],
    ],
  ] as const)('%s', (_name, surroundings, folders) => {
    expect(cacheFolders(surroundings)).toEqual(folders);
  });
});

describe.runIf(process.getuid)('a folder that others could write to', () => {
  let base: string;
  const uid = process.getuid?.() ?? 0;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kinora-trust-'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('is made for this user alone', () => {
    makeTrusted(join(base, 'a'), join(base, 'a/b'), uid);
    for (const path of ['a', 'a/b']) expect(statSync(join(base, path)).mode & 0o077).toBe(0);
  });

  it.each([0o777, 0o770])('is refused with mode %o', (mode) => {
    mkdirSync(join(base, 'b'));
    chmodSync(join(base, 'b'), mode);
    expect(() => makeTrusted(base, join(base, 'b'), uid)).toThrow(/written by others/);
  });
});
