import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readArchive } from '../../src/platform/backup/archive.ts';
import { checkDatabase } from '../../src/platform/backup/database-copy.ts';
import { finishRestore } from '../../src/platform/backup/pending.ts';
import { runKinora } from '../support/kinora-command.ts';
import { ownArgv } from '../support/process.ts';

/** `kill -9` at random points of a backup and of a restore: what is there afterwards is whole, or not there. */

const ROUNDS = 12;
const VIDEOS = 40;
const FILES = 5;

let folder: string;
let data: string;
let seed = Number(process.env['KINORA_TEST_SEED'] ?? 20_261_123);
const random = () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-backup-crash-'));
  data = join(folder, 'data');
  mkdirSync(data);
  const raw = new Database(join(data, 'kinora.db'));
  raw.exec(readFileSync(join(import.meta.dirname, '../upgrade/0001.sql'), 'utf8'));
  raw.close();
  writeFileSync(join(data, 'secret'), 'x'.repeat(43));
  for (let video = 0; video < VIDEOS; video++) {
    const images = join(data, `videos/video${video}/images/set`);
    mkdirSync(images, { recursive: true });
    for (let file = 0; file < FILES; file++) writeFileSync(join(images, `${file}.webp`), Buffer.alloc(300_000, video));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command and kills it after so many milliseconds, unless it has ended. */
async function killAfter(argv: string[], ms: number): Promise<void> {
  const [command, ...first] = ownArgv();
  const child = spawn(command!, [...first, ...argv], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
}

async function timed(argv: string[]): Promise<number> {
  const startMs = performance.now();
  expect(await runKinora(argv)).toMatchObject({ code: 0 });
  return performance.now() - startMs;
}

it(`a backup survives ${ROUNDS} kills at random points`, async () => {
  const fullMs = await timed(['backup', join(folder, 'first.tar'), '--data', data]);
  let cutOff = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const path = join(folder, `round-${round}.tar`);
    await killAfter(['backup', path, '--data', data], fullMs * (0.3 + random() * 0.8));
    // What has the name is whole.
    if (existsSync(path)) await readArchive(path, async (_name, _size, body) => void (await buffer(body)));
    else {
      cutOff += 1;
      expect(await runKinora(['backup', path, '--data', data])).toMatchObject({ code: 0 });
    }
    // What the killed one left beside it went with the next of that name; a copy of the database that was under way notices
    // at its end that nobody waits for it.
    const left = () => readdirSync(folder).filter((name) => name.startsWith(`round-${round}.tar`));
    await expect.poll(left, { timeout: 30_000 }).toEqual([`round-${round}.tar`]);
    rmSync(path);
  }
  expect(cutOff).toBeGreaterThan(0);
});

it(`a restore survives ${ROUNDS} kills at random points`, async () => {
  const archive = join(folder, 'first.tar');
  const fullMs = await timed(['restore', archive, '--data', join(folder, 'whole')]);
  let cutOff = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const target = join(folder, `target-${round}`);
    await killAfter(['restore', archive, '--data', target], fullMs * (0.3 + random() * 0.8));
    if (!existsSync(target)) continue;
    // As whoever opens the folder next does.
    finishRestore(target);
    if (existsSync(join(target, 'kinora.db'))) {
      expect(checkDatabase(join(target, 'kinora.db')).migrations).toEqual(['0001_init']);
      expect(readdirSync(join(target, 'videos'))).toHaveLength(VIDEOS);
      for (const video of readdirSync(join(target, 'videos'))) {
        expect(readdirSync(join(target, 'videos', video, 'images/set'))).toHaveLength(FILES);
      }
      expect(existsSync(join(target, 'secret'))).toBe(true);
    } else {
      cutOff += 1;
      expect(readdirSync(target).filter((name) => !/^(lock\.db.*|kinora\.pid)$/.test(name))).toEqual([]);
      expect(await runKinora(['restore', archive, '--data', target])).toMatchObject({ code: 0 });
    }
    rmSync(target, { recursive: true });
  }
  expect(cutOff).toBeGreaterThan(0);
});
