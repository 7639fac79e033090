import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { x264Args } from '../../src/media/encode/encoders/x264.ts';
import { encodedRungs, type Rung } from '../../src/media/plan/ladder.ts';
import { childrenCpuMs, cpuMs } from './support/cpu.ts';
import { hevc10 } from './support/hevc.ts';
import { runFfmpeg } from './support/media.ts';
import { median, type Row, told, underPeer } from './support/rows.ts';
import { firstAnswer, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { untilFilled, upload } from './support/videos.ts';

export const name = 'ladder';

const ROUNDS = 3;
const MINUTES = 1;
/** Ladders are filled below everything else. */
const FILL_NICENESS = 19;
const HEIGHTS = [1080, 720, 480, 360];
const FOUR_RUNGS = { KINORA_ENCODING_HEIGHTS: HEIGHTS.join(',') };

/**
 * A film of which everything is encoded (HEVC of 10 bits with AC-3 5.1: four rungs of H.264 and stereo AAC) and kept, from the
 * last byte of its upload until the last segment is stored. Peers, with the same encoder and settings: one ffmpeg that
 * decodes once, as people write it for HLS, and one ffmpeg a rung, one after the other.
 */
export async function run(): Promise<Row[]> {
  const file = await hevc10(MINUTES);
  const ours: Cost[] = [];
  const together: Cost[] = [];
  const apart: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await byUs(file));
    together.push(await byOneFfmpeg(file));
    apart.push(await byOneFfmpegARung(file));
  }
  const wall = (costs: Cost[]) => median(costs.map(({ ms }) => ms));
  const cpu = (costs: Cost[]) => median(costs.map((cost) => cost.cpuMs));
  const what = `eager ladder of ${MINUTES} minute`;
  return [
    underPeer(`${what}; peer: one ffmpeg with the same outputs`, wall(ours), wall(together), 1.05, 'ms'),
    told('the same in processor time', cpu(ours), 'ms', cpu(together)),
    underPeer(`${what}; peer: one ffmpeg a rung`, wall(ours), wall(apart), 0.7, 'ms'),
    told('the same in processor time', cpu(ours), 'ms', cpu(apart)),
  ];
}

interface Cost {
  ms: number;
  cpuMs: number;
}

async function byUs(file: string): Promise<Cost> {
  using folder = temporaryFolder();
  const server = await startKinora(folder.path, FOUR_RUNGS);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const { id, doneAt } = await upload(server.origin, signed, file);
    const before = cpuMs(server.pid);
    await untilFilled(server.origin, signed, id);
    return { ms: performance.now() - doneAt, cpuMs: cpuMs(server.pid) - before };
  } finally {
    await server.stop();
  }
}

const rungs = (): Rung[] => {
  const source = { width: 1920, height: 1080, frameRate: 24, bitrateKbps: null };
  return encodedRungs(source, { heights: HEIGHTS, bitrateFactor: 1 });
};
const settings = { preset: 'veryfast', crf: 22 };
const keys = ['-force_key_frames', 'expr:gte(t,n_forced*4)'];
const hls = (folder: string) => [
  ...['-f', 'hls', '-hls_time', '4', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'],
  ...['-hls_segment_filename', join(folder, '%d.m4s'), join(folder, 'index.m3u8')],
];
const sound = ['-map', '0:a:0', '-ac', '2', '-c:a', 'aac', '-b:a', '128k'];

function folderOf(parent: string, of: string): string {
  const folder = join(parent, of);
  mkdirSync(folder);
  return folder;
}

async function measured(runs: string[][]): Promise<Cost> {
  const before = childrenCpuMs();
  let ms = 0;
  for (const args of runs) ms += await runFfmpeg(args, null, FILL_NICENESS);
  return { ms, cpuMs: childrenCpuMs() - before };
}

async function byOneFfmpeg(file: string): Promise<Cost> {
  using folder = temporaryFolder();
  const sizes = rungs();
  const pads = sizes.map((_, n) => `[s${n}]`).join('');
  const scaled = sizes.map(({ width, height }, n) => `[s${n}]scale=${width}:${height},format=yuv420p[v${n}]`);
  const graph = [`[0:v:0]split=${sizes.length}${pads}`, ...scaled].join(';');
  const outputs = sizes.flatMap((rung, n) => [
    ...['-map', `[v${n}]`, ...x264Args(rung, settings), ...keys],
    ...hls(folderOf(folder.path, String(rung.lines))),
  ]);
  const audio = [...sound, ...hls(folderOf(folder.path, 'sound'))];
  return await measured([['-i', file, '-filter_complex', graph, ...outputs, ...audio]]);
}

/** The first of them makes the sound, too. */
async function byOneFfmpegARung(file: string): Promise<Cost> {
  using folder = temporaryFolder();
  const runs = rungs().map((rung, n) => [
    ...['-i', file, '-map', '0:v:0', '-vf', `scale=${rung.width}:${rung.height},format=yuv420p`],
    ...[...x264Args(rung, settings), ...keys, ...hls(folderOf(folder.path, String(rung.lines)))],
    ...(n === 0 ? [...sound, ...hls(folderOf(folder.path, 'sound'))] : []),
  ]);
  return await measured(runs);
}
