import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLIENT_CORE, canPin, holdOther, WORK_CORE } from './support/cores.ts';
import { cpuMs } from './support/cpu.ts';
import { halfHourToStore } from './support/delivery-media.ts';
import { type Load, startLoad } from './support/load.ts';
import { sizeOf } from './support/media.ts';
import { startNginx } from './support/nginx.ts';
import { median, overPeer, type Row, told } from './support/rows.ts';
import { firstAnswer, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { bestPlaylist, get, untilPlayable, upload } from './support/videos.ts';

export const name = 'segments-out';

const CONNECTIONS = 100;
const ROUNDS = 5;
const SECONDS = 4;
/** 45 MB: these stay in our memory. All of them, more than ten times as much as we keep, do not. */
const HOT_SEGMENTS = 30;
const MB = 1e6;

/** Whom to ask, and what for: all segments, in order. */
interface Target {
  port: number;
  pid: number;
  paths: string[];
}

/**
 * Stored segments of 1.5 MB at 100 connections, from us and from nginx with sendfile on the same files. What is cold to our
 * memory is in the page cache for both: this is about what the server does with bytes, not about the disk.
 */
export async function run(): Promise<Row[]> {
  using folder = temporaryFolder();
  const server = await startKinora(folder.path, { KINORA_ENCODING_POLICY_UPLOADS: 'lazy' });
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const { id } = await upload(server.origin, signed, await halfHourToStore());
    const paths = async () => {
      const { segments } = await bestPlaylist(await untilPlayable(server.origin, signed, id), signed);
      return segments.slice(0, -1).map(({ url }) => new URL(url).pathname);
    };
    const ours = { port: Number(new URL(server.origin).port), pid: server.pid };
    const withToken = { ...ours, paths: await paths() };
    for (const path of withToken.paths) await get(server.origin + path, {});
    await publish(server.origin, signed, id);
    const plain = { ...ours, paths: await paths() };

    const stored = globSync(`videos/${id}/hls/*/*.m4s`, { cwd: folder.path })
      .map((path) => join(folder.path, path))
      .filter((path) => sizeOf(path) > MB);
    if (stored.length < plain.paths.length) throw new Error(`Only ${stored.length} segments were stored.`);
    const nginx = await startNginx(`location / { root ${dirname(stored[0]!)}; }`);
    try {
      const files = plain.paths.map((path) => path.slice(path.lastIndexOf('/')));
      const peer = { port: nginx.port, pid: nginx.pid, paths: files };
      await sameBytes(server.origin + plain.paths[7], nginx.url + files[7]);
      console.log(`${nginx.version}, worker_processes auto; ${stored.length} files of 1.5 MB, all in the page cache.`);
      return await measure({ plain, withToken, peer });
    } finally {
      await nginx.stop();
    }
  } finally {
    await server.stop();
  }
}

type Targets = Record<'plain' | 'withToken' | 'peer', Target>;

/**
 * On all cores, where nginx has a worker for each, and on one core each, with who asks on another: what a server makes of a core
 * when nobody takes it away.
 */
async function measure(targets: Targets): Promise<Row[]> {
  using load = startLoad();
  const rows = await measureAs('', load, targets);
  if (!canPin()) return rows;
  using _client = holdOther(load.pid, CLIENT_CORE);
  using _ours = holdOther(targets.plain.pid, WORK_CORE);
  using _peer = holdOther(targets.peer.pid, WORK_CORE);
  return [...rows, ...(await measureAs(', on one core', load, targets))];
}

async function measureAs(where: string, load: Load, { plain, withToken, peer }: Targets): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [kind, share] of [
    ['hot', 1.2],
    ['cold', 0.8],
  ] as const) {
    const some = (target: Target) =>
      kind === 'hot' ? { ...target, paths: target.paths.slice(0, HOT_SEGMENTS) } : target;
    const [ours, theirs, tokens] = await rounds(load, [some(plain), some(peer), some(withToken)]);
    const what = `segments out, ${CONNECTIONS} connections, ${kind}${where}`;
    rows.push(
      overPeer(`${what}; peer: nginx with sendfile`, ours.rate, theirs.rate, share, 'MB/s'),
      told(`${what}: processor time`, ours.cpuMsPerGb, 'ms/GB', theirs.cpuMsPerGb),
      told(`${what}: the slowest of a hundred`, ours.p99Ms, 'ms', theirs.p99Ms),
      told(`${what}, of a private video`, tokens.rate, 'MB/s', theirs.rate),
    );
  }
  return rows;
}

interface Figures {
  rate: number;
  cpuMsPerGb: number;
  p99Ms: number;
}

/** Every target in every round, so that whatever else the machine does falls on all of them. Medians of the rounds. */
async function rounds(load: Load, targets: [Target, Target, Target]): Promise<[Figures, Figures, Figures]> {
  const all: Figures[][] = targets.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [place, target] of targets.entries()) all[place]!.push(await once(load, target));
  }
  const middle = (figures: Figures[]): Figures => ({
    rate: median(figures.map(({ rate }) => rate)),
    cpuMsPerGb: median(figures.map(({ cpuMsPerGb }) => cpuMsPerGb)),
    p99Ms: median(figures.map(({ p99Ms }) => p99Ms)),
  });
  const spread = all.map((figures) => figures.map(({ rate }) => Math.round(rate)).join(' '));
  console.log(`MB/s in each round: ours ${spread[0]}; nginx ${spread[1]}; ours with token ${spread[2]}`);
  return [middle(all[0]!), middle(all[1]!), middle(all[2]!)];
}

async function once(load: Load, { port, pid, paths }: Target): Promise<Figures> {
  const order = { port, paths, connections: CONNECTIONS };
  await load.run({ ...order, seconds: 1, warmUpSeconds: 0 });
  const before = cpuMs(pid);
  const { bytesPerSecond, p99Ms } = await load.run({ ...order, seconds: SECONDS, warmUpSeconds: 0 });
  const spent = cpuMs(pid) - before;
  return { rate: bytesPerSecond / MB, p99Ms, cpuMsPerGb: spent / ((bytesPerSecond * SECONDS) / 1e9) };
}

async function publish(origin: string, signed: Record<string, string>, id: string): Promise<void> {
  const reply = await fetch(`${origin}/api/videos/${id}`, {
    method: 'PATCH',
    headers: { ...signed, 'content-type': 'application/json' },
    body: JSON.stringify({ visibility: 'public' }),
  });
  if (!reply.ok) throw new Error(`The video could not be made public: ${await reply.text()}`);
}

async function sameBytes(one: string, other: string): Promise<void> {
  const [a, b] = await Promise.all(
    [one, other].map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())),
  );
  if (a!.length < MB || !a!.equals(b!)) throw new Error('Ours and nginx do not send the same bytes.');
}
