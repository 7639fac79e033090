import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type FileServer, startFileServer } from '../../../test/support/file-server.ts';
import { receiveInto } from './receive.ts';

const CONTENT = Buffer.from(Array.from({ length: 1_000_000 }, (_, n) => (n * 7) % 251));

let folder: string;
let server: FileServer;
let file: FileHandle;
/** How long the file was each time it was put on the disk. */
let synced: number[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-receive-'));
  server = await startFileServer();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  file = await open(join(folder, 'film'), 'w');
  synced = [];
  const datasync = file.datasync.bind(file);
  file.datasync = async () => {
    synced.push((await file.stat()).size);
    await datasync();
  };
});
afterEach(() => file.close());

const body = () => new Promise<IncomingMessage>((done) => get(server.url, done));
const options = { offset: 0, signal: new AbortController().signal, onPart: () => {}, syncEveryBytes: 300_000 };

it('puts what has come on the disk as it comes, and all of it at the end', async () => {
  server.become({ content: CONTENT });
  expect(await receiveInto(file, await body(), options)).toBe(CONTENT.length);
  expect(readFileSync(join(folder, 'film')).equals(CONTENT)).toBe(true);
  expect(synced.at(-1)).toBe(CONTENT.length);
  expect(synced.length).toBeGreaterThanOrEqual(3);
  const steps = synced.map((size, n) => size - (synced[n - 1] ?? 0));
  // A part is at most as large as what the socket hands over at once.
  expect(Math.max(...steps)).toBeLessThan(300_000 + 256 * 1024);
});

it('puts on the disk what came before a connection broke', async () => {
  server.become({ content: CONTENT, cutAfter: 100_000 });
  await expect(receiveInto(file, await body(), options)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(synced).toEqual([100_000]);
  expect(readFileSync(join(folder, 'film')).equals(CONTENT.subarray(0, 100_000))).toBe(true);
});
