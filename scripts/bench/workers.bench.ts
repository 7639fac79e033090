import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cpuMs } from './support/cpu.ts';
import { hevc10 } from './support/hevc.ts';
import { median, type Row, told, underPeer } from './support/rows.ts';
import { firstAnswer, freePort, type Server, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { untilFilled, upload } from './support/videos.ts';

export const name = 'workers';

const ROUNDS = 3;
const MAIN = join(import.meta.dirname, '../../dist/server/main.js');
const RUNGS = { KINORA_ENCODING_HEIGHTS: '720,480,360', KINORA_ENCODING_HARDWARE: 'off' };

/**
 * What it costs to have a ladder filled by two workers in place of the server: the processor time of everybody together, Redis
 * included, from the last byte of the upload until the last segment is stored. On one machine this says nothing of how much
 * sooner it is done; workers are for other machines.
 */
export async function run(): Promise<Row[]> {
  const file = await hevc10(1);
  const elsewhere: Cost[] = [];
  const here: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    elsewhere.push(await byWorkers(file));
    here.push(await byServer(file));
  }
  const cpu = (costs: Cost[]) => median(costs.map((cost) => cost.cpuMs));
  const wall = (costs: Cost[]) => median(costs.map(({ ms }) => ms));
  const what = 'ladder of 1 minute by two workers; peer: by the server';
  return [
    underPeer(`${what}, processor time`, cpu(elsewhere), cpu(here), 1.1, 'ms'),
    told('the same by the clock', wall(elsewhere), 'ms', wall(here)),
    told('server and Redis alone, processor time', median(elsewhere.map(({ besideMs }) => besideMs)), 'ms'),
  ];
}

interface Cost {
  ms: number;
  cpuMs: number;
  /** Of what does not encode. */
  besideMs: number;
}

async function byServer(file: string): Promise<Cost> {
  using folder = temporaryFolder();
  const server = await startKinora(folder.path, RUNGS);
  try {
    return await fill(server, file, []);
  } finally {
    await server.stop();
  }
}

async function byWorkers(file: string): Promise<Cost> {
  using folder = temporaryFolder();
  using redisFolder = temporaryFolder();
  const port = await freePort();
  const env = { ...RUNGS, KINORA_JOBS_REDIS: `redis://127.0.0.1:${port}` };
  const options = { stdio: 'ignore', env: { ...process.env, ...env } } as const;
  const redisArgs = ['--port', String(port), '--bind', '127.0.0.1', '--dir', redisFolder.path, '--save', ''];
  const redis = spawn('redis-server', redisArgs, options);
  const server = await startKinora(folder.path, env);
  const workers = ['ada', 'bob'].map((called) =>
    spawn(process.execPath, [MAIN, 'worker', '--name', called, '--data', folder.path], options),
  );
  try {
    return await fill(server, file, [redis.pid ?? 0, ...workers.map(({ pid }) => pid ?? 0)]);
  } finally {
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
    await server.stop();
    redis.kill('SIGKILL');
  }
}

async function fill(server: Server, file: string, [redis, ...workers]: number[]): Promise<Cost> {
  await firstAnswer(server, '/readyz');
  const signed = await signInAsFirst(server.origin);
  if (workers.length > 0) await untilReady(server.origin, signed, workers.length);
  const { id, doneAt } = await upload(server.origin, signed, file);
  const beside = () => cpuMs(server.pid) + (redis ? cpuMs(redis) : 0);
  const all = () => beside() + workers.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const [allBefore, besideBefore] = [all(), beside()];
  await untilFilled(server.origin, signed, id);
  return { ms: performance.now() - doneAt, cpuMs: all() - allBefore, besideMs: beside() - besideBefore };
}

async function untilReady(origin: string, signed: Record<string, string>, count: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const reply = await fetch(`${origin}/api/jobs/workers`, { headers: signed });
    const { items } = (await reply.json()) as { items: { refusal: string | null }[] };
    if (items.filter(({ refusal }) => refusal === null).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The workers did not come.');
}
