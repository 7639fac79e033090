import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyDatabaseAside } from '../../src/platform/backup/copy-aside.ts';
import { writeBackup } from '../../src/platform/backup/write.ts';

/** While a large database is copied, in one call of SQLite's, whoever waits hears how far it is. */

const SIZE_MB = 300;

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-progress-'));
  data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'secret'), 'x'.repeat(43));
  const database = new Database(join(data, 'kinora.db'));
  database.pragma('synchronous = OFF');
  database.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB)');
  const add = database.prepare('INSERT INTO rows (body) VALUES (randomblob(1000000))');
  database.transaction(() => {
    for (let row = 0; row < SIZE_MB; row++) add.run();
  })();
  database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program that copies for this process, as the kernel lists it. */
function copier(): number | null {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const at = argv.indexOf('--database-only');
      if (at > 0 && argv[at + 1] === String(process.pid)) return Number(pid);
    } catch {
      // It has ended since it was listed.
    }
  }
  return null;
}

/** It is stopped in the middle: what is told then is told of a copy that is not done, however fast the disk is. */
it.runIf(process.platform === 'linux')('percentages arrive in the middle of the copy', async () => {
  const path = join(folder, 'backup.tar');
  const told: { step: string; percent: number }[] = [];
  let step = '';
  const written = writeBackup({
    dataFolder: data,
    path,
    originals: false,
    configFile: null,
    version: '1.2.3',
    nowMs: Date.now(),
    signal: new AbortController().signal,
    copyDatabase: copyDatabaseAside,
    onStep: (now) => (step = now),
    onPercent: (percent) => told.push({ step, percent }),
  });
  let isOver = false;
  void written.catch(() => {}).finally(() => (isOver = true));
  const partPath = `${path}.${process.pid}.db.part`;
  const sizeOf = (name: string) => statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  let pid: number | null = null;
  while (!isOver && pid === null) {
    if (sizeOf(partPath) > 40e6) pid = copier();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(pid).not.toBeNull();
  process.kill(pid!, 'SIGSTOP');
  try {
    expect(sizeOf(partPath)).toBeGreaterThan(0);
    const during = () => told.filter((one) => one.step === 'database' && one.percent > 0 && one.percent < 66);
    await expect.poll(() => during().length, { timeout: 30_000 }).toBeGreaterThan(0);
    // What is stopped does not get on, and nobody says that it does.
    const seen = during().at(-1)!.percent;
    expect(seen).toBeLessThan(((sizeOf(partPath) / sizeOf(join(data, 'kinora.db'))) * 100) / 3 + 1);
  } finally {
    process.kill(pid!, 'SIGCONT');
  }
  expect(await written).toMatchObject({ files: 3 });
  const percents = told.map(({ percent }) => percent);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(100);
  expect(told.filter((one) => one.step === 'check').length).toBeGreaterThan(5);
});
