import { x264Args } from '../../src/media/encode/encoders/x264.ts';
import { encodedRungs } from '../../src/media/plan/ladder.ts';
import { childrenCpuMs, cpuMs, untilIdle } from './support/cpu.ts';
import { hevc10 } from './support/hevc.ts';
import { runFfmpeg, tenMinutes1080p } from './support/media.ts';
import { median, type Row, told, underPeer } from './support/rows.ts';
import { firstAnswer, type Server, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { allPlaylists, get, type Playlist, untilPlayable, upload } from './support/videos.ts';

export const name = 'encoded-seek';

const ROUNDS = 9;
const LINES = 720;
const MINUTES = 5;
/** Sessions run a little below everything else. */
const SESSION_NICENESS = 3;
/** Nothing is encoded beside the measurement, and what a session makes ahead is soon made. */
const QUIET = { KINORA_ENCODING_POLICY_UPLOADS: 'lazy', KINORA_ENCODING_AHEAD_SEGMENTS: '1' };

/**
 * Somebody jumps to a place of which nothing is stored and waits for its first segment in 720p; the peer is one ffmpeg that
 * makes just that segment, with the same encoder and settings. The processor time is what both had taken by then.
 */
export async function run(): Promise<Row[]> {
  return [
    ...(await seeks('1080p H.264', await tenMinutes1080p())),
    ...(await seeks('1080p HEVC, 10 bits', await hevc10(MINUTES))),
  ];
}

async function seeks(what: string, file: string): Promise<Row[]> {
  using folder = temporaryFolder();
  const server = await startKinora(folder.path, QUIET);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const { id } = await upload(server.origin, signed, file);
    const playlists = await allPlaylists(await untilPlayable(server.origin, signed, id), signed);
    const playlist = playlists.find(({ lines }) => lines === LINES);
    if (!playlist) throw new Error(`The video is not offered in ${LINES} lines.`);
    await untilIdle(server.pid);
    const first = await beginning(playlist, signed);

    const ours: Cost[] = [];
    const peers: Cost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const segment = placeOf(playlist, round);
      const us = async () => ours.push(await byUs(server, segment.url, signed));
      const peer = async () => peers.push(await byPeer(file, segment));
      // Whoever comes first reads what the other then finds in memory.
      for (const one of round % 2 === 0 ? [us, peer] : [peer, us]) {
        await untilIdle(server.pid);
        await one();
      }
    }
    const wall = (costs: Cost[]) => median(costs.map(({ ms }) => ms));
    const cpu = (costs: Cost[]) => median(costs.map((cost) => cost.cpuMs));
    return [
      underPeer(`first segment after a seek, ${what}`, wall(ours), wall(peers), 1.2, 'ms'),
      told('the same in processor time', cpu(ours), 'ms', cpu(peers)),
      told('header and first segment of a rendition nobody has asked for', first, 'ms'),
    ];
  } finally {
    await server.stop();
  }
}

/** A player begins with the header. */
async function beginning({ init, segments }: Playlist, signed: Record<string, string>): Promise<number> {
  const started = performance.now();
  await get(init, signed);
  await get(segments[0]?.url ?? '', signed);
  return performance.now() - started;
}

/** A place of which nothing is stored, and far from the one before. */
function placeOf({ segments }: Playlist, round: number): Playlist['segments'][number] {
  const step = Math.floor((segments.length - 3) / ROUNDS);
  const segment = segments[3 + step * ((round * 5) % ROUNDS)];
  if (!segment || step < 3) throw new Error('The playlist has too few segments.');
  return segment;
}

/** What it took until the last byte was there. */
interface Cost {
  ms: number;
  cpuMs: number;
}

async function byUs(server: Server, url: string, signed: Record<string, string>): Promise<Cost> {
  const before = cpuMs(server.pid);
  const started = performance.now();
  await get(url, signed);
  return { ms: performance.now() - started, cpuMs: cpuMs(server.pid) - before };
}

async function byPeer(file: string, { start, seconds }: { start: number; seconds: number }): Promise<Cost> {
  const before = childrenCpuMs();
  // No source here is so lean that its rungs would be, too.
  const source = { width: 1920, height: 1080, frameRate: 30, bitrateKbps: null };
  const rung = encodedRungs(source, { heights: [LINES], bitrateFactor: 1 }).find(({ lines }) => lines === LINES);
  if (!rung) throw new Error(`There is no rung of ${LINES} lines.`);
  const args = [
    ...['-ss', String(start), '-t', String(seconds), '-i', file, '-map', '0:v:0'],
    ...['-vf', `scale=${rung.width}:${rung.height},format=yuv420p`, ...x264Args(rung, { preset: 'veryfast', crf: 22 })],
    ...['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'pipe:1'],
  ];
  const ms = await runFfmpeg(args, null, SESSION_NICENESS);
  return { ms, cpuMs: childrenCpuMs() - before };
}
