import { join } from 'node:path';
import { planStoryboard } from '../../src/media/pictures/storyboard.ts';
import { childrenCpuMs, cpuMs } from './support/cpu.ts';
import { film, filmStart } from './support/films.ts';
import { addFilm, cancelJobs, getJson, pause } from './support/library.ts';
import { runFfmpeg, warm } from './support/media.ts';
import { median, type Row, told, underPeer } from './support/rows.ts';
import { firstAnswer, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';

export const name = 'storyboard';

const ROUNDS = 3;
const MINUTES = 90;
/** The peer decodes at most so much: it would take minutes over all of the film. */
const PART_MINUTES = 10;
const PICTURE = { width: 1920, height: 1080 };
const LIMIT_MS = 300_000;
/** Rare enough for the server not to be kept busy by being asked. */
const POLL_MS = 100;

interface Cost {
  ms: number;
  cpuMs: number;
}

/**
 * The storyboard of a film in a library, by the job that makes it; the peer is one ffmpeg that decodes the film and keeps a
 * frame for each tile. The film repeats one minute, so what decoding a part of it costs, all of it costs as many times over:
 * the rows say where that was done. The ten minutes are decoded for real by both.
 */
export async function run(): Promise<Row[]> {
  const long = await oursOver(await film('mp4'));
  const part = await filmStart(PART_MINUTES);
  const short = await oursOver(part);
  const sparse = await byPeer(part, intervalOf(MINUTES));
  const dense = await byPeer(part, intervalOf(PART_MINUTES));
  const times = MINUTES / PART_MINUTES;
  const peer = `peer: ffmpeg decodes ${PART_MINUTES} minutes of it, taken ${times} times`;
  return [
    underPeer(`storyboard of a ${MINUTES} minute film; ${peer}`, long.ms, sparse.ms * times, 0.1, 'ms'),
    told('the same in processor time', long.cpuMs, 'ms', sparse.cpuMs * times),
    told(`storyboard of ${PART_MINUTES} minutes; peer: ffmpeg decodes them`, short.ms, 'ms', dense.ms),
    told('the same in processor time', short.cpuMs, 'ms', dense.cpuMs),
  ];
}

/** Each time on a new server, which has not seen the film. */
async function oursOver(file: string): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) costs.push(await byUs(file));
  return { ms: median(costs.map(({ ms }) => ms)), cpuMs: median(costs.map((cost) => cost.cpuMs)) };
}

/**
 * The job shows the poster as soon as it has one, and then the storyboard: from the one until the other. What else is done
 * of the poster in between, its AVIF, is in it. The other jobs of the film are called off.
 */
async function byUs(file: string): Promise<Cost> {
  using folder = temporaryFolder();
  await warm(file);
  const server = await startKinora(folder.path);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const id = await addFilm(server.origin, signed, file);
    await cancelJobs(server.origin, signed, ['videos.sound', 'captions.extract']);
    const until = async (picture: 'poster' | 'storyboard') => {
      for (const limit = performance.now() + LIMIT_MS; performance.now() < limit; ) {
        const { playback } = await getJson<VideoReply>(`${server.origin}/api/videos/${id}`, signed);
        if (playback?.[picture]) return;
        await pause(POLL_MS);
      }
      throw new Error(`No ${picture} was made of ${file}. The server said:\n${server.output()}`);
    };
    await until('poster');
    const [started, before] = [performance.now(), cpuMs(server.pid)];
    await until('storyboard');
    return { ms: performance.now() - started, cpuMs: cpuMs(server.pid) - before };
  } finally {
    await server.stop();
  }
}

interface VideoReply {
  playback?: { poster: string | null; storyboard: string | null };
}

/** Seconds from tile to tile: the peer makes as many as we do. */
function intervalOf(minutes: number): number {
  return planStoryboard({ durationSec: minutes * 60, ...PICTURE }).intervalSec;
}

/** What a search for "ffmpeg sprite sheet" finds. */
async function byPeer(file: string, intervalSec: number): Promise<Cost> {
  using folder = temporaryFolder();
  await warm(file);
  const before = childrenCpuMs();
  const filters = `fps=1/${intervalSec},scale=240:135,tile=5x5`;
  const ms = await runFfmpeg(['-i', file, '-an', '-vf', filters, '-q:v', '4', join(folder.path, 'sheet-%03d.jpg')]);
  return { ms, cpuMs: childrenCpuMs() - before };
}
