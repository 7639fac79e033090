import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDataDir } from './datadir.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-data-'));
  path = join(folder, 'deep/data');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes the folder, keeps its secret, and can be opened again', () => {
  const first = openDataDir(path);
  expect(first.databasePath).toBe(join(path, 'kinora.db'));
  expect(existsSync(first.tmpPath) && existsSync(first.uploadsPath)).toBe(true);
  expect(first.secret.length).toBeGreaterThanOrEqual(43);
  expect(statSync(join(path, 'secret')).mode & 0o777).toBe(0o600);
  first.close();
  first.close();
  const second = openDataDir(path);
  expect(second.secret).toBe(first.secret);
  second.close();
});

it('makes a different secret for each folder, and closes one that others can read', () => {
  const one = openDataDir(path);
  const other = openDataDir(join(folder, 'other'));
  expect(other.secret).not.toBe(one.secret);
  one.close();
  other.close();
  chmodSync(join(path, 'secret'), 0o644);
  openDataDir(path).close();
  expect(statSync(join(path, 'secret')).mode & 0o777).toBe(0o600);
});

it('does not go on with a damaged secret, and lets go of the folder', () => {
  openDataDir(path).close();
  writeFileSync(join(path, 'secret'), 'x');
  expect(() => openDataDir(path)).toThrow(/should hold a secret/);
  writeFileSync(join(path, 'secret'), 'x'.repeat(43));
  openDataDir(path).close();
});

it('refuses a second Kinora in the same process', () => {
  const first = openDataDir(path);
  expect(() => openDataDir(path)).toThrow(`Another Kinora (process ${process.pid}) already uses ${path}.`);
  first.close();
  openDataDir(path).close();
});

it('refuses a second Kinora in another process, and is free again when that one is killed', async () => {
  const program = `
    const { openDataDir } = await import(${JSON.stringify(join(import.meta.dirname, 'datadir.ts'))});
    openDataDir(${JSON.stringify(path)});
    // Whoever forgets what it got back must not lose the lock to the garbage collector.
    globalThis.gc();
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(other.stdout, 'data');
    expect(() => openDataDir(path)).toThrow(`Another Kinora (process ${other.pid}) already uses ${path}.`);
  } finally {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
  const freed = openDataDir(path);
  expect(readFileSync(join(path, 'kinora.pid'), 'utf8').trim()).toBe(String(process.pid));
  freed.close();
  expect(existsSync(join(path, 'kinora.pid'))).toBe(false);
});

it('says why a folder cannot be used', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => openDataDir(join(folder, 'file'))).toThrow(/cannot be used: there is a file of that name/);
  expect(() => openDataDir(join(folder, 'file/below'))).toThrow(/cannot be used: a part of its path is a file/);
});
