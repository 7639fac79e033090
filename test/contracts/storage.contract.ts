import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bytes, Storage } from '../../src/platform/storage/port.ts';

const text = (value: string) => new TextEncoder().encode(value);
async function* chunks(...parts: string[]) {
  for (const part of parts) yield text(part);
}
/** A body that breaks off after its first bytes. */
async function* broken() {
  yield text('half');
  throw new Error('the sender went away');
}

/** The suite that every storage driver passes. `open` makes an empty storage. */
export function storageContract(open: () => Promise<Storage>): void {
  let storage: Storage;
  let folder: string;
  beforeEach(async () => {
    storage = await open();
    folder = await mkdtemp(join(tmpdir(), 'kinora-contract-'));
  });
  afterEach(async () => {
    await storage.close();
    await rm(folder, { recursive: true });
  });

  const read = async (key: string) => new TextDecoder().decode(await storage.get(key));
  const keys = async (prefix: string) => {
    const found: string[] = [];
    for await (const { key } of storage.list(prefix)) found.push(key);
    return found.sort();
  };

  describe('put and get', () => {
    it.each<[string, () => Bytes]>([
      ['bytes', () => text('hello')],
      ['a web stream', () => new Blob(['hel', 'lo']).stream()],
      ['an async iterable', () => chunks('he', 'llo')],
    ])('keeps %s', async (_what, body) => {
      expect(await storage.put('videos/a/x.txt', body())).toEqual({ sizeBytes: 5 });
      expect(await read('videos/a/x.txt')).toBe('hello');
    });

    it('keeps nothing at all of nothing', async () => {
      await storage.put('empty', new Uint8Array());
      expect(await storage.stat('empty')).toMatchObject({ sizeBytes: 0 });
    });

    it('replaces what was there', async () => {
      await storage.put('a', text('first, and longer'));
      await storage.put('a', text('second'), { durable: false });
      expect(await read('a')).toBe('second');
    });

    it('leaves the old object when a write breaks off, and nothing where there was none', async () => {
      await storage.put('a/old', text('old'));
      await expect(storage.put('a/old', broken())).rejects.toThrow('the sender went away');
      await expect(storage.put('a/new', broken())).rejects.toThrow('the sender went away');
      expect(await read('a/old')).toBe('old');
      expect(await storage.stat('a/new')).toBe(null);
      expect(await keys('')).toEqual(['a/old']);
    });

    it('keeps one whole body when two are written at once', async () => {
      const bodies = ['x'.repeat(300_000), 'y'.repeat(300_000)];
      await Promise.all(bodies.map((body) => storage.put('a/both', chunks(body.slice(0, 9), body.slice(9)))));
      expect(bodies).toContain(await read('a/both'));
    });

    it('says so when there is nothing', async () => {
      await storage.put('a/file', text('x'));
      for (const key of ['none', 'a', 'a/file/below']) {
        await expect(storage.get(key)).rejects.toMatchObject({ type: 'file-missing', status: 404 });
        await expect(storage.readStream(key)).rejects.toMatchObject({ type: 'file-missing' });
        expect(await storage.stat(key)).toBe(null);
      }
    });
  });

  describe('putFile', () => {
    it('moves a file in', async () => {
      const path = join(folder, 'upload');
      await writeFile(path, 'moved');
      await storage.putFile('videos/a/source/film.mkv', path, { move: true });
      expect(await read('videos/a/source/film.mkv')).toBe('moved');
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('keeps the time of the file, and replaces what was there', async () => {
      const path = join(folder, 'upload');
      await storage.put('videos/a', text('earlier'));
      await writeFile(path, 'moved');
      await utimes(path, 1_700_000_000, 1_700_000_000);
      await storage.putFile('videos/a', path, { move: true });
      expect(await storage.stat('videos/a')).toEqual({ sizeBytes: 5, modifiedAtMs: 1_700_000_000_000 });
      expect(await keys('')).toEqual(['videos/a']);
      await storage.delete('videos/a');
      expect(await storage.stat('videos/a')).toBe(null);
    });

    it('fails for a file that is not there, and leaves nothing', async () => {
      await expect(storage.putFile('a', join(folder, 'none'), { move: true })).rejects.toThrow();
      expect(await keys('')).toEqual([]);
    });
  });

  describe('readStream', () => {
    it.each<[string, Parameters<Storage['readStream']>[1], string]>([
      ['everything', undefined, '0123456789'],
      ['from a byte on', { firstByte: 7 }, '789'],
      ['a part, both ends included', { firstByte: 2, lastByte: 4 }, '234'],
      ['the first byte', { firstByte: 0, lastByte: 0 }, '0'],
    ])('reads %s', async (_what, range, expected) => {
      await storage.put('digits', text('0123456789'));
      expect(await new Response(await storage.readStream('digits', range)).text()).toBe(expected);
    });

    it('reads nothing behind the end', async () => {
      await storage.put('digits', text('0123456789'));
      expect(await new Response(await storage.readStream('digits', { firstByte: 10 })).text()).toBe('');
      expect(await new Response(await storage.readStream('digits', { firstByte: 8, lastByte: 99 })).text()).toBe('89');
    });

    it('reads a large body as it was written, and parts of it', async () => {
      const body = randomBytes(20_000_000);
      const pieces = async function* () {
        for (let at = 0; at < body.length; at += 777_777) yield body.subarray(at, at + 777_777);
      };
      expect(await storage.put('large', pieces())).toEqual({ sizeBytes: body.length });
      expect(body.equals(await storage.get('large'))).toBe(true);
      const part = await new Response(
        await storage.readStream('large', { firstByte: 9_000_001, lastByte: 17_000_000 }),
      ).bytes();
      expect(body.subarray(9_000_001, 17_000_001).equals(part)).toBe(true);
    });

    it('leaves nothing of a large body that breaks off', async () => {
      const breaks = async function* () {
        for (let n = 0; n < 12; n++) yield new Uint8Array(1_000_000);
        throw new Error('the sender went away');
      };
      await expect(storage.put('large', breaks())).rejects.toThrow('the sender went away');
      expect(await storage.stat('large')).toBe(null);
    });

    it('can be given up half way, or before its first byte', async () => {
      await storage.put('big', new Uint8Array(4_000_000));
      const stream = await storage.readStream('big');
      const reader = stream.getReader();
      expect((await reader.read()).value?.length).toBeGreaterThan(0);
      await reader.cancel();
      await (await storage.readStream('big')).cancel();
      await storage.delete('big');
    });
  });

  it('tells size and time', async () => {
    const beforeMs = Date.now();
    await storage.put('a', text('12345'));
    const found = await storage.stat('a');
    expect(found?.sizeBytes).toBe(5);
    expect(Math.abs(found!.modifiedAtMs - beforeMs)).toBeLessThan(5000);
    expect(Number.isInteger(found!.modifiedAtMs)).toBe(true);
  });

  it('lists by the beginning of keys, across folders', async () => {
    for (const key of ['v/ab/1', 'v/ab/x/2', 'v/abc/3', 'w/4', 'top']) await storage.put(key, text(key));
    expect(await keys('')).toEqual(['top', 'v/ab/1', 'v/ab/x/2', 'v/abc/3', 'w/4']);
    expect(await keys('v/ab')).toEqual(['v/ab/1', 'v/ab/x/2', 'v/abc/3']);
    expect(await keys('v/ab/')).toEqual(['v/ab/1', 'v/ab/x/2']);
    expect(await keys('none/')).toEqual([]);
    for await (const { key, sizeBytes } of storage.list('w')) expect([key, sizeBytes]).toEqual(['w/4', 3]);
  });

  it('lists and deletes more than fit on a page', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 1203 }, (_, n) => `v/many/${n}.m4s`);
    const left = names.values();
    const lane = async () => {
      for (const name of left) await storage.put(name, text(name), { durable: false });
    };
    await Promise.all([storage.put('v/manyfold', text('x')), ...Array.from({ length: 24 }, lane)]);
    expect(await keys('v/many/')).toEqual(names.sort());
    await storage.deletePrefix('v/many/');
    expect(await keys('v/')).toEqual(['v/manyfold']);
  });

  it('deletes one object, or a whole folder and not its neighbour', async () => {
    for (const key of ['v/ab/1', 'v/ab/x/2', 'v/abc/3']) await storage.put(key, text(key));
    await storage.delete('v/ab/1');
    await storage.delete('v/ab/1');
    expect(await keys('')).toEqual(['v/ab/x/2', 'v/abc/3']);
    await storage.deletePrefix('v/ab/');
    await storage.deletePrefix('v/none/');
    expect(await keys('')).toEqual(['v/abc/3']);
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '..',
    'a/../b',
    './a',
    'a/.',
    'a b',
    'a\\b',
    'ä',
    'a\0',
    'tmp/x',
    'C:/x',
    'x'.repeat(901),
  ])('refuses the key %j everywhere', async (key) => {
    await expect(async () => storage.put(key, text('x'))).rejects.toThrow(TypeError);
    await expect(async () => storage.putFile(key, folder, { move: true })).rejects.toThrow(TypeError);
    await expect(async () => storage.get(key)).rejects.toThrow(TypeError);
    await expect(async () => storage.readStream(key)).rejects.toThrow(TypeError);
    await expect(async () => storage.stat(key)).rejects.toThrow(TypeError);
    await expect(async () => storage.delete(key)).rejects.toThrow(TypeError);
    expect(() => storage.localPath(key)).toThrow(TypeError);
  });

  it.each(['', '/', 'a', '../', 'a/../', 'tmp/'])('refuses to delete everything under %j', async (prefix) => {
    await storage.put('a/kept', text('x'));
    await expect(async () => storage.deletePrefix(prefix)).rejects.toThrow(TypeError);
    expect(await keys('')).toEqual(['a/kept']);
  });

  it.each(['../', '/', 'a/../b'])('refuses to list %j', async (prefix) => {
    await expect(keys(prefix)).rejects.toThrow(TypeError);
  });

  it('touches what is there, and makes nothing of what is not', async () => {
    await storage.put('videos/a/old.txt', Buffer.from('old'));
    await storage.touch('videos/a/old.txt', 1_700_000_000_000);
    await storage.touch('videos/a/none.txt', 1_700_000_000_000);
    expect(await storage.stat('videos/a/old.txt')).toEqual({ sizeBytes: 3, modifiedAtMs: 1_700_000_000_000 });
    expect(await storage.stat('videos/a/none.txt')).toBeNull();
    expect(await read('videos/a/old.txt')).toBe('old');
  });

  it('keeps the time that something is written with', async () => {
    await storage.put('videos/a', text('old'), { modifiedAtMs: 1_700_000_000_000 });
    await storage.put('videos/b', chunks('o', 'ld'), { modifiedAtMs: 1_700_000_000_000 });
    for (const key of ['videos/a', 'videos/b']) {
      expect(await storage.stat(key)).toEqual({ sizeBytes: 3, modifiedAtMs: 1_700_000_000_000 });
    }
  });

  it('lists what was touched as later than what was not', async () => {
    for (const key of ['v/1', 'v/2']) await storage.put(key, text(key));
    // A bucket may tell its times in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await storage.touch('v/1', Date.now());
    const times: Record<string, number> = {};
    for await (const { key, modifiedAtMs } of storage.list('v/')) times[key] = modifiedAtMs;
    expect(times['v/1']! - times['v/2']!).toBeGreaterThanOrEqual(500);
    expect(Math.abs(times['v/1']! - Date.now())).toBeLessThan(5000);
  });

  it('tells how much room is left, or that it does not know', async () => {
    const free = await storage.freeBytes();
    const space = await storage.space();
    expect(space === null || space.totalBytes >= space.freeBytes).toBe(true);
    expect(free === null || free > 0).toBe(true);
  });
}
