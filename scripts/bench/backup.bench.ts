import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { childrenCpuMs } from './support/cpu.ts';
import { sizeOf } from './support/media.ts';
import { median, type Row, told } from './support/rows.ts';
import { firstAnswer, postJson, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';

export const name = 'backup';

const MAIN = join(import.meta.dirname, '../../dist/server/main.js');
const DATABASE_BYTES = 1e9;
const ORIGINALS = 4;
const ORIGINAL_BYTES = 125e6;
const ROWS_AT_ONCE = 100_000;
const ROUNDS = 3;
/** Who asks at such moments, whatever became of the question before, is held up as people are. */
const ASKED_EACH_MS = 10;
const ASKED = 500;
const runProgram = promisify(execFile);

interface Cost {
  ms: number;
  cpuMs: number;
}

/**
 * A backup of a large database with some originals, and what those who watch notice of it. The peer leaves less behind: a copy of
 * the database by sqlite3, checked, and copies of the originals beside it, which nobody reads back.
 */
export async function run(): Promise<Row[]> {
  using data = temporaryFolder();
  using out = temporaryFolder();
  const originals = await fill(data.path);
  const [ours, peers]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await costOf(() => backUp(data.path, join(out.path, 'ours.tar'))));
    peers.push(await costOf(() => copyByHand(data.path, out.path, originals)));
  }
  const of = (costs: Cost[], key: keyof Cost) => median(costs.map((cost) => cost[key]));
  const megabytes = (sizeOf(join(data.path, 'kinora.db')) + ORIGINALS * ORIGINAL_BYTES) / 1e6;
  return [
    told(
      'backup of a database of 1 GB and originals of 0.5 GB, checked; peer: sqlite3 .backup and integrity_check, cp',
      of(ours, 'ms') / 1000,
      's',
      of(peers, 'ms') / 1000,
    ),
    told('the same in processor time', of(ours, 'cpuMs') / 1000, 's', of(peers, 'cpuMs') / 1000),
    told('what of it is written in a second', megabytes / (of(ours, 'ms') / 1000), 'MB'),
    ...(await askedMeanwhile(data.path)),
  ];
}

/** The slowest of a hundred answers while the server makes a backup, and while it does not, in turns. */
async function askedMeanwhile(dataFolder: string): Promise<Row[]> {
  const server = await startKinora(dataFolder, { KINORA_BACKUP_KEEP: '1' });
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const [meanwhile, alone]: [number[], number[]] = [[], []];
    // Code that has just been loaded is slow once, and that is not what is asked.
    await slowestOfHundred(server.origin);
    for (let round = 0; round < ROUNDS; round += 1) {
      alone.push(await slowestOfHundred(server.origin));
      await postJson(`${server.origin}/api/backups`, { originals: true }, signed);
      meanwhile.push(await slowestOfHundred(server.origin));
      if (!(await isMaking(server.origin, signed)))
        throw new Error('The backup was over before the answers were counted.');
      while (await isMaking(server.origin, signed)) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return [
      told(
        'a small answer while a backup is made, the slowest of a hundred; peer: while none is made',
        median(meanwhile),
        'ms',
        median(alone),
      ),
    ];
  } finally {
    await server.stop();
  }
}

/** The 99th percentile of answers to questions at fixed moments, in milliseconds from the moment on. */
async function slowestOfHundred(origin: string): Promise<number> {
  const startedAt = performance.now();
  const taken = await Promise.all(
    Array.from({ length: ASKED }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * ASKED_EACH_MS));
      const reply = await fetch(`${origin}/api/instance`);
      await reply.arrayBuffer();
      if (reply.status !== 200) throw new Error(`/api/instance was answered with ${reply.status}.`);
      return performance.now() - startedAt - index * ASKED_EACH_MS;
    }),
  );
  return taken.sort((a, b) => a - b)[Math.ceil(ASKED * 0.99) - 1]!;
}

async function isMaking(origin: string, headers: Record<string, string>): Promise<boolean> {
  const { job } = (await (await fetch(`${origin}/api/backups`, { headers })).json()) as {
    job: { state: string; error: string | null } | null;
  };
  if (job?.error) throw new Error(`The backup failed: ${job.error}`);
  return job !== null;
}

/** A new instance whose audit log has a database of 1 GB, with its indexes, and as many files as videos have for originals. */
async function fill(dataFolder: string): Promise<string[]> {
  const server = await startKinora(dataFolder);
  await firstAnswer(server, '/readyz');
  await server.stop();
  const path = join(dataFolder, 'kinora.db');
  const database = new Database(path);
  database.pragma('synchronous = OFF');
  const add = database.prepare(
    `INSERT INTO audit_acts (id, at_ms, actor_id, actor_name, act, target_id, target_name, changes)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT hex(randomblob(7)), ? - i, 'commandline', 'command line', 'user.changed', hex(randomblob(7)), 'somebody',
       json_object('name', json_object('before', hex(randomblob(60)), 'after', hex(randomblob(60)))) FROM n`,
  );
  while (sizeOf(path) < DATABASE_BYTES) {
    add.run(ROWS_AT_ONCE, Date.now());
    database.pragma('wal_checkpoint(TRUNCATE)');
  }
  database.close();
  const bytes = randomBytes(ORIGINAL_BYTES);
  return Array.from({ length: ORIGINALS }, (_, video) => {
    const folder = join(dataFolder, `videos/BenchVideo000${video}/source`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'original.mp4'), bytes);
    return join(folder, 'original.mp4');
  });
}

async function backUp(dataFolder: string, path: string): Promise<void> {
  rmSync(path, { force: true });
  await runProgram(process.execPath, [MAIN, 'backup', path, '--data', dataFolder, '--with-originals']);
}

async function copyByHand(dataFolder: string, folder: string, originals: readonly string[]): Promise<void> {
  const copy = join(folder, 'copy.db');
  rmSync(copy, { force: true });
  await runProgram('sqlite3', [join(dataFolder, 'kinora.db'), `.backup ${copy}`]);
  const { stdout } = await runProgram('sqlite3', [copy, 'PRAGMA integrity_check']);
  if (stdout.trim() !== 'ok') throw new Error(`The copy by sqlite3 is not whole: ${stdout}`);
  const copies = originals.map((path, index) => [path, join(folder, `original-${index}.mp4`)] as const);
  for (const [from, to] of copies) await runProgram('cp', ['--reflink=never', from, to]);
  // What is written has to be on the disk, as ours is.
  await runProgram('sync', [copy, ...copies.map(([, to]) => to)]);
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const [startedAt, before] = [performance.now(), childrenCpuMs()];
  await work();
  return { ms: performance.now() - startedAt, cpuMs: childrenCpuMs() - before };
}
