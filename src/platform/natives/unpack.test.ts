import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type PackedFile, unpack } from './unpack.ts';

const CONTENT = Buffer.from('an addon, let us say');
const FILE: PackedFile = {
  path: '@some/package/lib/addon.node',
  sizeBytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  isProgram: false,
};

let folder: string;
const content = vi.fn(() => CONTENT);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-unpack-'));
  content.mockClear();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('writes a file once', () => {
  const path = unpack(folder, FILE, content);
  expect(path).toBe(join(folder, FILE.path));
  expect(readFileSync(path)).toEqual(CONTENT);
  expect(unpack(folder, FILE, content)).toBe(path);
  expect(content).toHaveBeenCalledTimes(1);
  expect(readdirSync(join(path, '..')).sort()).toEqual(['addon.node', 'addon.node.checked']);
});

it.runIf(process.platform !== 'win32')('lets this user alone read it, and run what is a program', () => {
  expect(statSync(unpack(folder, FILE, content)).mode & 0o777).toBe(0o600);
  expect(statSync(unpack(folder, { ...FILE, path: 'bin/ffmpeg', isProgram: true }, content)).mode & 0o777).toBe(0o700);
});

it('writes it anew where its bytes are others, whatever its size and date', () => {
  const path = unpack(folder, FILE, content);
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'AN ADDON, LET US SAY');
  utimesSync(path, atime, mtime);
  unpack(folder, FILE, content);
  expect(readFileSync(path)).toEqual(CONTENT);
  expect(content).toHaveBeenCalledTimes(2);
});

it('keeps a file that was only touched', () => {
  const path = unpack(folder, FILE, content);
  utimesSync(path, new Date(), new Date());
  unpack(folder, FILE, content);
  expect(content).toHaveBeenCalledTimes(1);
});

it('believes no note about another file', () => {
  const path = unpack(folder, FILE, content);
  const other = Buffer.from('AN ADDON, LET US SAY');
  const wanted = { ...FILE, sha256: createHash('sha256').update(other).digest('hex') };
  unpack(folder, wanted, () => other);
  expect(readFileSync(path)).toEqual(other);
});

it('writes nothing where what it carries is damaged itself', () => {
  expect(() => unpack(folder, FILE, () => Buffer.from('something else'))).toThrow(/is damaged. Download Kinora again/);
  expect(readdirSync(join(folder, '@some/package/lib'))).toEqual([]);
});

it('sweeps what a start that was killed has left, once it is old', () => {
  const path = unpack(folder, FILE, content);
  const [old, young] = [`${path}.1-aa.part`, `${path}.2-bb.part`];
  for (const part of [old, young]) writeFileSync(part, 'half');
  utimesSync(old, new Date(0), new Date(0));
  rmSync(path);
  unpack(folder, FILE, content);
  expect(readdirSync(join(path, '..')).sort()).toEqual(['addon.node', 'addon.node.2-bb.part', 'addon.node.checked']);
});

it.runIf(process.getuid?.() !== 0 && process.platform !== 'win32')(
  'uses what is there where nothing may be written',
  () => {
    const path = unpack(folder, FILE, content);
    rmSync(`${path}.checked`);
    chmodSync(join(path, '..'), 0o500);
    expect(unpack(folder, FILE, content)).toBe(path);
    expect(content).toHaveBeenCalledTimes(1);
    chmodSync(join(path, '..'), 0o700);
  },
);
