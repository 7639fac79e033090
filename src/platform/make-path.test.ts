import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePath } from './make-path.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-path-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes a folder and all above it, and is content with one that is there', () => {
  const path = join(folder, 'a/b c/d');
  makePath(path);
  makePath(path);
  expect(statSync(path).isDirectory()).toBe(true);
  symlinkSync(path, join(folder, 'link'));
  makePath(join(folder, 'link/e'));
  expect(statSync(join(path, 'e')).isDirectory()).toBe(true);
});

it('says what is in the way', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makePath(join(folder, 'file'))).toThrow(/EEXIST/);
  expect(() => makePath(join(folder, 'file/below'))).toThrow(/ENOTDIR/);
  symlinkSync(join(folder, 'gone'), join(folder, 'dangling'));
  expect(() => makePath(join(folder, 'dangling'))).toThrow(/EEXIST/);
});

// In a process of its own: what tries for ever cannot be told to stop.
it.runIf(process.platform === 'linux')('ends where a file system denies that the parent is there', () => {
  const code = `import('${import.meta.dirname}/make-path.ts').then(({ makePath }) => makePath('/proc/kinora/data'))`;
  const { status, stderr, error } = spawnSync(process.execPath, ['-e', code], {
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  expect(error).toBeUndefined();
  expect([status, String(stderr)]).toEqual([1, expect.stringContaining('ENOENT')]);
});
