import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storageContract } from '../../../test/contracts/storage.contract.ts';
import { createFsStorage } from './fs.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kinora-storage-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const bytes = (length: number) => new Uint8Array(length).fill(7);

describe('storage in a folder', () => {
  storageContract(async () => createFsStorage({ root }));

  it('says where a file is, so that ffmpeg can read it in place', async () => {
    const storage = createFsStorage({ root });
    await storage.put('videos/a/x.bin', bytes(3));
    expect(storage.localPath('videos/a/x.bin')).toBe(join(root, 'videos/a/x.bin'));
    expect(existsSync(storage.localPath('videos/a/x.bin')!)).toBe(true);
  });

  it('leaves no temporary file, whether a write ends or breaks off', async () => {
    const storage = createFsStorage({ root });
    await storage.put('a', bytes(3));
    const broken = async function* () {
      yield bytes(3);
      throw new Error('gone');
    };
    await expect(storage.put('b', broken())).rejects.toThrow('gone');
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  });

  it('sweeps what a killed process left, but not what is being written', async () => {
    const storage = createFsStorage({ root });
    expect(await storage.sweepTemp(0)).toBe(0);
    await storage.put('a', bytes(3));
    for (const name of ['old', 'young']) writeFileSync(join(root, 'tmp', name), '');
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(root, 'tmp/old'), anHourAgo, anHourAgo);
    expect(await storage.sweepTemp(60_000)).toBe(1);
    expect(readdirSync(join(root, 'tmp'))).toEqual(['young']);
    expect(await storage.stat('a')).not.toBe(null);
  });

  it('says that the storage is full', async () => {
    const storage = createFsStorage({ root });
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const failing = async function* () {
      yield bytes(1);
      throw full;
    };
    await expect(storage.put('a', failing())).rejects.toMatchObject({ type: 'storage-full', status: 507 });
    expect(await storage.stat('a')).toBe(null);
  });

  it.skipIf(!existsSync('/dev/shm'))('copies where a rename would cross file systems', async () => {
    const elsewhere = mkdtempSync('/dev/shm/kinora-storage-');
    try {
      const [here, there] = await Promise.all([statfs(root), statfs(elsewhere)]);
      expect(here.type).not.toBe(there.type);
      const storage = createFsStorage({ root });
      const path = join(elsewhere, 'upload');
      writeFileSync(path, 'moved');
      await storage.putFile('videos/a', path, { move: true });
      expect(new TextDecoder().decode(await storage.get('videos/a'))).toBe('moved');
      expect(existsSync(path)).toBe(false);
      // An admin may put one folder on another disk: writing there goes through a copy too.
      symlinkSync(elsewhere, join(root, 'big'));
      await storage.put('big/b', bytes(9));
      expect(readdirSync(elsewhere)).toEqual(['b']);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});
