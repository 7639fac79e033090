import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/platform/log.ts';
import type { Storage } from '../../src/platform/storage/port.ts';
import { openS3Storage } from '../../src/platform/storage/s3/s3.ts';
import type { S3Settings } from '../../src/platform/storage/s3/settings.ts';
import { lacksRadosgw, type S3Server, startRadosgw } from '../support/radosgw.ts';
import { storageContract } from './storage.contract.ts';

const log = createLog({ level: 'error', json: false, write: () => {} });

describe.skipIf(lacksRadosgw)('storage in a bucket', () => {
  let server: S3Server;
  let bucket: S3Settings;
  let folder: string;
  let opened: Storage[] = [];
  let count = 0;
  beforeAll(async () => {
    server = await startRadosgw();
    bucket = await server.newBucket();
  }, 120_000);
  afterAll(() => server?.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kinora-outgoing-'));
    count += 1;
  });
  afterEach(async () => {
    for (const storage of opened) await storage.close();
    opened = [];
    rmSync(folder, { recursive: true });
  });

  const text = (value: string) => new TextEncoder().encode(value);
  /** An empty storage in a folder of the bucket of its own; the same one again within a test. */
  async function open(changes: Partial<S3Settings> = {}): Promise<Storage> {
    const settings = { ...bucket, prefix: `/kinora/${count}/`, ...changes };
    const storage = await openS3Storage({ settings, folder, log });
    opened.push(storage);
    return storage;
  }
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const fileOf = (body: string | Uint8Array) => {
    const path = join(folder, 'upload');
    writeFileSync(path, body);
    return path;
  };

  storageContract(open);

  describe('that cannot be used', () => {
    it.each<[string, Partial<S3Settings>, RegExp]>([
      [
        'a server that is not there',
        { endpoint: 'http://127.0.0.1:9' },
        /127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)/,
      ],
      ['a name that is no host', { endpoint: 'http://s3.invalid' }, /s3\.invalid cannot be reached/],
      ['a bucket that is not there', { bucket: 'not-there' }, /There is no bucket "not-there" at .*Create it/],
      ['a wrong secret', { secretAccessKey: 'wrong' }, /the secret is wrong\. Correct storage\.s3\.secretAccessKey/],
      ['a key nobody knows', { accessKeyId: 'NOBODY' }, /does not know the key "NOBODY"/],
    ])('is a sentence: %s', async (_what, changes, sentence) => {
      await expect(open(changes)).rejects.toThrow(sentence);
    });

    it('is waited for when both start together', async () => {
      await server.goAway();
      const settings = { ...bucket, prefix: String(count) };
      const opening = openS3Storage({ settings, folder, log, patienceMs: 30_000 });
      await server.comeBack();
      opened.push(await opening);
    });
  });

  describe('while the server is away', () => {
    it('says so calmly, with the reason for admins, and goes on when it is back', async () => {
      const storage = await open();
      await storage.put('a', text('kept'));
      await server.goAway();
      try {
        const verbs = [
          () => storage.get('a'),
          () => storage.put('b', text('x')),
          () => storage.stat('a'),
          () => storage.delete('a'),
        ];
        for (const ask of verbs) {
          const failed = await ask().then(
            () => null,
            (error: unknown) => error,
          );
          expect(failed).toMatchObject({ type: 'storage-away', status: 503 });
          expect((failed as Error).message).not.toContain(bucket.bucket);
          expect(((failed as Error).cause as Error).message).toMatch(/cannot be reached/);
        }
      } finally {
        await server.comeBack();
      }
      expect(Buffer.from(await storage.get('a')).toString()).toBe('kept');
      expect(await storage.stat('b')).toBe(null);
    });

    it('keeps what is taken in, and sends it when the server is back', async () => {
      const storage = await open();
      await server.goAway();
      try {
        await storage.putFile('videos/a/source/original', fileOf('a film'), { move: true });
        expect(Buffer.from(await storage.get('videos/a/source/original')).toString()).toBe('a film');
        await until(async () => (await storage.outgoing()).problem !== null);
        expect(await storage.outgoing()).toMatchObject({
          files: 1,
          bytes: 6,
          problem: expect.stringMatching(/cannot be reached/),
        });
        expect(await storage.isShared('videos/a/source/original').catch(() => false)).toBe(false);
      } finally {
        await server.comeBack();
      }
      await until(() => storage.isShared('videos/a/source/original'));
      expect(await storage.outgoing()).toEqual({ files: 0, bytes: 0, problem: null });
      expect(Buffer.from(await storage.get('videos/a/source/original')).toString()).toBe('a film');
    });
  });

  describe('files on their way', () => {
    const film = Buffer.alloc(30_000_000, 'a film of some length, ');

    it('are sent by the next one that opens the folder', async () => {
      const first = await open();
      await first.putFile('videos/a', fileOf(film), { move: true });
      await first.close();
      expect((await first.outgoing()).files).toBe(1);
      const second = await open();
      expect(film.equals(await second.get('videos/a'))).toBe(true);
      await until(() => second.isShared('videos/a'));
      expect(film.equals(await second.get('videos/a'))).toBe(true);
      // The parts of the upload that was interrupted went with it.
      expect(await second.sweepTemp(0)).toBe(0);
    });

    it('leave nothing anywhere when they are deleted', async () => {
      const storage = await open();
      await storage.putFile('videos/a/source/original', fileOf(film), { move: true });
      await storage.putFile('videos/b', fileOf('x'), { move: true });
      await Promise.all([storage.deletePrefix('videos/a/'), storage.delete('videos/b')]);
      const left: string[] = [];
      for await (const { key } of storage.list('')) left.push(key);
      expect(left).toEqual([]);
      expect(await storage.outgoing()).toMatchObject({ files: 0 });
      expect(await storage.sweepTemp(0)).toBe(0);
    });

    it('are left alone where another process sends them', async () => {
      writeFileSync(join(folder, 'upload'), 'x');
      const settings = { ...bucket, prefix: `/kinora/${count}/` };
      const reader = await openS3Storage({ settings, folder, sends: false, log });
      opened.push(reader);
      await reader.putFile('a', join(folder, 'upload'), { move: true });
      expect(Buffer.from(await reader.get('a')).toString()).toBe('x');
      expect(await reader.outgoing()).toEqual({ files: 1, bytes: 1, problem: null });
    });
  });

  it('ends multipart uploads that nobody goes on with', async () => {
    const storage = await open();
    const sdk = await import('@aws-sdk/client-s3');
    const { endpoint, region, accessKeyId, secretAccessKey = '' } = bucket;
    const client = new sdk.S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    for (const Key of [`kinora/${count}/videos/a`, 'another/program']) {
      await client.send(new sdk.CreateMultipartUploadCommand({ Bucket: bucket.bucket, Key }));
    }
    expect(await storage.sweepTemp(3_600_000)).toBe(0);
    expect(await storage.sweepTemp(-10_000)).toBe(1);
    const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket.bucket }));
    expect(Uploads.map(({ Key }) => Key)).toEqual(['another/program']);
    client.destroy();
  });

  describe('by address', () => {
    it('is read on the loopback, whole and in parts', async () => {
      const storage = await open();
      const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, n) => (n * 7919) >> 3));
      await storage.put('videos/a/film', body);
      const address = storage.addressOf('videos/a/film');
      expect(new URL(address).hostname).toBe('127.0.0.1');
      expect(body.equals(await (await fetch(address)).bytes())).toBe(true);
      const head = await fetch(address, { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000000']);
      const cases: [string, number, number][] = [
        ['bytes=0-0', 0, 1],
        ['bytes=130000-140000', 130_000, 140_001],
        ['bytes=999990-', 999_990, 1_000_000],
        ['bytes=-5', 999_995, 1_000_000],
        ['bytes=999990-2000000', 999_990, 1_000_000],
      ];
      for (const [range, first, end] of cases) {
        const part = await fetch(address, { headers: { Range: range } });
        expect(part.status).toBe(206);
        expect(part.headers.get('content-range')).toBe(`bytes ${first}-${end - 1}/1000000`);
        expect(body.subarray(first, end).equals(await part.bytes())).toBe(true);
      }
      expect((await fetch(address, { headers: { Range: 'bytes=1000000-' } })).status).toBe(416);
    });

    it('is for one object only', async () => {
      const storage = await open();
      await storage.put('videos/a/film', text('a'));
      await storage.put('videos/b/film', text('b'));
      const address = storage.addressOf('videos/a/film');
      expect((await fetch(address.replace('videos/a', 'videos/b'))).status).toBe(404);
      expect((await fetch(storage.addressOf('videos/c/film'))).status).toBe(404);
      expect((await fetch(address, { method: 'DELETE' })).status).toBe(405);
      expect((await fetch(new URL('/', address))).status).toBe(404);
      expect(storage.openAddress(address.replace('videos/a', 'videos/b'))).toBe(null);
      expect(storage.openAddress('/srv/films/a.mkv')).toBe(null);
    });

    it('goes on when a file arrives in the bucket, with the same time, and notices another one', async () => {
      const storage = await open();
      await storage.putFile('videos/a/film', fileOf('the first film'), { move: true });
      const before = await storage.openAddress(storage.addressOf('videos/a/film'))!;
      await until(() => storage.isShared('videos/a/film'));
      const after = await storage.openAddress(storage.addressOf('videos/a/film'))!;
      expect(after.modifiedAtMs).toBe(before.modifiedAtMs);
      for (const object of [before, after]) expect((await object.read(4, 5)).toString()).toBe('first');
      await storage.put('videos/a/film', text('something else'));
      const changed = await storage.openAddress(storage.addressOf('videos/a/film'))!;
      expect((await changed.read(0, 99)).toString()).toBe('something else');
      await storage.delete('videos/a/film');
      await expect(storage.openAddress(storage.addressOf('videos/a/film'))).rejects.toMatchObject({
        type: 'file-missing',
      });
    });
  });
});
