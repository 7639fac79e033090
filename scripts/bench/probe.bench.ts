import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sniffFile } from '../../src/features/videos/probe.ts';
import { probeArgv } from '../../src/media/encode/argv.ts';
import { readProbe } from '../../src/media/probe/read.ts';
import { createFfmpeg } from '../../src/platform/ffmpeg.ts';
import { inspectSource } from '../../src/streaming/inspect/inspect.ts';
import { createInputPool } from '../../src/streaming/reading/input-pool.ts';
import { readFacts } from '../../src/streaming/reading/read-facts.ts';
import { createSourceFiles, type SourceFiles } from '../../src/streaming/reading/source-files.ts';
import { childrenCpuMs } from './support/cpu.ts';
import { film } from './support/films.ts';
import { CACHE, runFfmpeg, tenMinutes1080p, warm } from './support/media.ts';
import { median, type Row, told, underPeer } from './support/rows.ts';
import { temporaryFolder } from './support/server.ts';

export const name = 'probe';

const FFPROBE = process.env['KINORA_MEDIA_FFPROBE'] || 'ffprobe';
const FILES = 200;
/** A process of ffprobe takes long enough to be counted in fewer. */
const ASKED = 40;
const ROUNDS = 3;
const EXTENSIONS = ['mp4', 'mkv', 'mov', 'webm'];

interface Cost {
  ms: number;
  cpuMs: number;
}

/** What one file costs to understand, in turns: read in this process, and by one ffprobe. Files are in the page cache. */
export async function run(): Promise<Row[]> {
  using folder = temporaryFolder();
  const small = await smallFiles(folder.path);
  const long = Array<string>(ASKED).fill(await tenMinutes1080p());
  return [
    ...(await compare('a small file', small)),
    ...(await compare('10 min of 1080p in MP4', long)),
    ...(await compareCuts()),
  ];
}

/** What it takes to find where a recording can be cut: by one pass over it, and packet by packet as mediabunny reads it, once each. */
async function compareCuts(): Promise<Row[]> {
  const path = await film('ts');
  const container = await sniffFile(path);
  const { stdout } = await promisify(execFile)(FFPROBE, probeArgv({ path, demuxer: container.demuxer }));
  const info = readProbe(JSON.parse(stdout), container);
  const ffmpeg = createFfmpeg({ ffmpeg: 'ffmpeg', ffprobe: FFPROBE });
  const files = createSourceFiles();
  const ownCpu = () => cpuOf(process.cpuUsage());
  const inspect = async (own: SourceFiles | null) => {
    const pool = createInputPool(own);
    const release = pool.hold();
    await inspectSource({ pool, ffmpeg }, path, info);
    release();
    pool.close();
  };
  await warm(path);
  const ours = await costOf([path], ownCpu, () => inspect(files));
  const peer = await costOf([path], ownCpu, () => inspect(null));
  files.close();
  return [
    told('to find where 90 min of a transport stream can be cut; peer: packet by packet', ours.ms, 'ms', peer.ms),
    told('the same in processor time', ours.cpuMs, 'ms', peer.cpuMs),
  ];
}

async function compare(what: string, files: readonly string[]): Promise<Row[]> {
  const [ours, peers]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await costOf(files, () => cpuOf(process.cpuUsage()), readOne));
    peers.push(await costOf(files.slice(0, ASKED), childrenCpuMs, askOne));
  }
  const of = (costs: Cost[], key: keyof Cost) => median(costs.map((cost) => cost[key]));
  return [
    underPeer(`to understand ${what}; peer: one ffprobe`, of(ours, 'ms'), of(peers, 'ms'), 0.1, 'ms'),
    told('the same in processor time', of(ours, 'cpuMs'), 'ms', of(peers, 'cpuMs')),
  ];
}

/** Of one file, on average. */
async function costOf(
  files: readonly string[],
  cpuMs: () => number,
  probe: (file: string) => Promise<void>,
): Promise<Cost> {
  const [started, before] = [performance.now(), cpuMs()];
  for (const file of files) await probe(file);
  return { ms: (performance.now() - started) / files.length, cpuMs: (cpuMs() - before) / files.length };
}

const cpuOf = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000;

async function readOne(file: string): Promise<void> {
  const facts = await readFacts(file, await sniffFile(file));
  if (facts.info === null) throw new Error(`${file} was left to ffprobe: ${facts.why}`);
}

async function askOne(file: string): Promise<void> {
  const { demuxer } = await sniffFile(file);
  const { stdout } = await promisify(execFile)(FFPROBE, probeArgv({ path: file, demuxer }), { maxBuffer: 1 << 26 });
  JSON.parse(stdout);
}

/** As many as there are in a folder of clips, in four containers. */
async function smallFiles(folder: string): Promise<string[]> {
  const made = await Promise.all(EXTENSIONS.map(smallFile));
  return Array.from({ length: FILES }, (_, n) => {
    const file = join(folder, `${n}.${EXTENSIONS[n % EXTENSIONS.length]}`);
    copyFileSync(made[n % EXTENSIONS.length]!, file);
    return file;
  });
}

async function smallFile(extension: string): Promise<string> {
  const file = join(CACHE, `small-v1.${extension}`);
  if (existsSync(file)) return file;
  mkdirSync(CACHE, { recursive: true });
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000'];
  const codecs =
    extension === 'webm'
      ? ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus']
      : ['-c:v', 'libx264', '-preset', 'veryfast', '-c:a', 'aac'];
  const part = `${file}.part.${extension}`;
  await runFfmpeg([...picture, ...sound, '-t', '20', '-pix_fmt', 'yuv420p', ...codecs, part]);
  renameSync(part, file);
  return file;
}
