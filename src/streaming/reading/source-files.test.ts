import { mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createSourceFiles, type SourceFiles } from './source-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinora-files-'));
let files: SourceFiles;
afterEach(() => files.close());
afterAll(() => rmSync(folder, { recursive: true }));

const made = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const readAll = (path: string) => files.use(path, async (file) => (await file.read(0, file.sizeBytes)).toString());
/** Which of our files the process has open. */
const openNow = () =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });

describe('source files', () => {
  it('are opened once for many readers, at any place and into many', async () => {
    files = createSourceFiles();
    const path = made('a', 'abcdefghij');
    const seen = await Promise.all(
      [0, 3, 8].map((at) => files.use(path, async (file) => (await file.read(at, 4)).toString())),
    );
    expect(seen).toEqual(['abcd', 'defg', 'ij']);
    const [first, second] = [Buffer.alloc(2), Buffer.alloc(3)];
    expect(await files.use(path, (file) => file.readInto(4, [first, second]))).toBe(5);
    expect([first, second].map(String)).toEqual(['ef', 'ghi']);
    expect(openNow()).toEqual([path]);
  });

  it('that are replaced are opened anew, while who reads the old one reads on', async () => {
    files = createSourceFiles();
    const path = made('b', 'old');
    const { promise: replaced, resolve } = Promise.withResolvers<void>();
    const slow = files.use(path, async (file) => {
      await replaced;
      return (await file.read(0, 10)).toString();
    });
    await readAll(path);
    renameSync(made('b.new', 'newer'), path);
    expect(await readAll(path)).toBe('newer');
    resolve();
    expect(await slow).toBe('old');
    await expect.poll(openNow).toEqual([path]);
  });

  it('are closed when there are too many, least recently read first', async () => {
    files = createSourceFiles({ size: 2 });
    const [a, b, c] = ['1', '2', '3'].map((name) => made(name, name)) as [string, string, string];
    for (const path of [a, b, a, c]) await readAll(path);
    await expect.poll(openNow).toEqual([a, c]);
  });

  it('are closed when nobody has read them for a while', async () => {
    files = createSourceFiles({ size: 8, idleMs: 40 });
    await readAll(made('idle', 'text'));
    expect(openNow()).toHaveLength(1);
    await expect.poll(openNow).toEqual([]);
    expect(await readAll(join(folder, 'idle'))).toBe('text');
  });

  it('that are missing say so', async () => {
    files = createSourceFiles();
    await expect(readAll(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
