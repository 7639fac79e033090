import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesIn, programFiles } from './installation.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-installation-'));
  mkdirSync(join(folder, 'inside/deeper'), { recursive: true });
  writeFileSync(join(folder, 'outside.txt'), 'not for you');
  for (const name of ['b.txt', 'a.txt', 'deeper/c.txt']) writeFileSync(join(folder, 'inside', name), name);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads what is there, and nothing where there is no such file', () => {
  const files = filesIn(join(folder, 'inside'));
  expect(files.read('deeper/c.txt')?.toString()).toBe('deeper/c.txt');
  for (const name of ['none.txt', 'deeper', 'a.txt/b', '', 'a\0b', `${'x'.repeat(300)}.txt`]) {
    expect(files.read(name), JSON.stringify(name)).toBeNull();
  }
});

it('reads nothing outside of its folder', () => {
  expect(filesIn(join(folder, 'inside')).read('../outside.txt')).toBeNull();
});

it('lists the files of a folder in the order of their names', () => {
  expect(filesIn(folder).list('inside')).toEqual(['a.txt', 'b.txt']);
});

it('finds what comes with the program', () => {
  expect(programFiles.list('migrations').length).toBeGreaterThan(0);
  expect(programFiles.read('node_modules/swagger-ui-dist/swagger-ui.css')?.length).toBeGreaterThan(1000);
});
