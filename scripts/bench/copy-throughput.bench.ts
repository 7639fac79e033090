import { globSync } from 'node:fs';
import { Agent, get as httpGet } from 'node:http';
import { join } from 'node:path';
import { CLIENT_CORE, canPin, holdTo, WORK_CORE } from './support/cores.ts';
import { childrenCpuMs, cpuMs } from './support/cpu.ts';
import { type FilmKind, film } from './support/films.ts';
import { addFilm, bringToRest } from './support/library.ts';
import { runFfmpeg, sizeOf, warm } from './support/media.ts';
import { median, overPeer, type Row, table, told } from './support/rows.ts';
import { firstAnswer, type Server, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { bestPlaylist, soundPlaylists, untilPlayable } from './support/videos.ts';

export const name = 'copy-throughput';

const ROUNDS = 3;
const KINDS: readonly FilmKind[] = ['mp4', 'mkv', 'ts'];
/** Requests on their way at once: enough for the server never to wait for who asks. */
const AT_ONCE = 4;

/** What it took to deliver a film. */
interface Cost {
  bytes: number;
  ms: number;
  cpuMs: number;
}

/**
 * Every copied segment of a film of 4 GB, pictures and sound, each asked for once over HTTP from a server on one core; the
 * peer is ffmpeg on the same core, which puts the same film into HLS in memory. The film is in the page cache for both, since
 * the question is what the work costs and not how fast the disk is.
 */
export async function run(): Promise<Row[]> {
  const core = canPin() ? WORK_CORE : null;
  if (core === null) console.log('Nothing can be held to one core here: both use as many as they like.');
  using folder = temporaryFolder();
  const server = await startKinora(folder.path, {}, core);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const rows: Row[] = [];
    for (const kind of KINDS) {
      const measured = await throughput(server, signed, kind, core);
      // Told at once: the next film may take minutes.
      console.log(table(measured));
      rows.push(...measured);
    }
    return rows;
  } finally {
    await server.stop();
  }
}

async function throughput(
  server: Server,
  signed: Record<string, string>,
  kind: FilmKind,
  core: number | null,
): Promise<Row[]> {
  const file = await film(kind);
  const id = await addFilm(server.origin, signed, file);
  const urls = await segmentUrls(server, signed, id);
  await bringToRest(server, signed);
  const ours: Cost[] = [];
  const peers: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const us = async () => ours.push(await byUs(server, signed, urls, core));
    const peer = async () => peers.push(await byPeer(file, kind, core));
    for (const one of round % 2 === 0 ? [us, peer] : [peer, us]) {
      await warm(file);
      await one();
    }
  }
  for (const { bytes } of [...ours, ...peers]) {
    // Containers' own bytes aside, both deliver the film.
    if (Math.abs(bytes / sizeOf(file) - 1) > 0.05) throw new Error(`${bytes} bytes of ${sizeOf(file)} were delivered.`);
  }
  const rate = (costs: Cost[]) => median(costs.map(({ bytes, ms }) => bytes / 1e6 / (ms / 1000)));
  const cpu = (costs: Cost[]) => median(costs.map((cost) => cost.cpuMs / (cost.bytes / 1e9)));
  const each = median(ours.map(({ ms }) => urls.length / (ms / 1000)));
  const what = `copied segments of a 4 GB ${kind.toUpperCase()}, ${core === null ? 'all cores' : 'one core'}`;
  return [
    overPeer(`${what}; peer: ffmpeg remuxes it to HLS`, rate(ours), rate(peers), 1, 'MB/s'),
    told('the same in processor time', cpu(ours), 'ms/GB', cpu(peers)),
    told('the same in segments, pictures and sound', each, 'a second'),
  ];
}

/** Pictures and sound in turn, as players ask for them. */
async function segmentUrls(server: Server, signed: Record<string, string>, id: string): Promise<string[]> {
  const multivariant = await untilPlayable(server.origin, signed, id);
  const pictures = await bestPlaylist(multivariant, signed);
  const [sound] = await soundPlaylists(multivariant, signed);
  return pictures.segments.flatMap(({ url }, n) => [url, sound?.segments[n]?.url ?? []].flat());
}

async function byUs(
  server: Server,
  signed: Record<string, string>,
  urls: readonly string[],
  core: number | null,
): Promise<Cost> {
  using _client = holdTo(core === null ? null : CLIENT_CORE);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const waiting = urls.values();
  let bytes = 0;
  const before = cpuMs(server.pid);
  const started = performance.now();
  // Each takes the next one that nobody has taken.
  const viewer = async () => {
    for (const url of waiting) {
      const length = await drain(url, signed, agent);
      bytes += length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, viewer));
  const cost = { bytes, ms: performance.now() - started, cpuMs: cpuMs(server.pid) - before };
  agent.destroy();
  return cost;
}

/** Fetches something and counts its bytes: who asks costs as little as can be. */
function drain(url: string, headers: Record<string, string>, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = httpGet(url, { headers, agent }, (reply) => {
      let bytes = 0;
      reply.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      reply.on('error', reject);
      reply.on('end', () => {
        const isWhole = reply.statusCode === 200 && bytes === Number(reply.headers['content-length']);
        if (isWhole) resolve(bytes);
        else reject(new Error(`${url} was answered with ${reply.statusCode} and ${bytes} bytes`));
      });
    });
    asked.on('error', reject);
  });
}

/** Into memory where there is room: the peer shall not wait for a disk. */
async function byPeer(file: string, kind: FilmKind, core: number | null): Promise<Cost> {
  using folder = temporaryFolder(sizeOf(file));
  if (!folder.inMemory) console.log('Too little memory for the peer, which writes to the disk.');
  const before = childrenCpuMs();
  const segments = ['-hls_segment_type', 'fmp4', '-hls_time', '4', '-hls_playlist_type', 'vod'];
  // MP4 keeps what stands before every frame of sound in a transport stream in one place.
  const unwrapped = kind === 'ts' ? ['-bsf:a', 'aac_adtstoasc'] : [];
  const args = ['-i', file, '-map', '0:v:0', '-map', '0:a:0', '-c', 'copy', ...unwrapped, '-f', 'hls', ...segments];
  const ms = await runFfmpeg([...args, join(folder.path, 'index.m3u8')], core);
  const cpu = childrenCpuMs() - before;
  const parts = globSync('*.m4s', { cwd: folder.path }).map((part) => sizeOf(join(folder.path, part)));
  return { bytes: parts.reduce((sum, size) => sum + size, 0), ms, cpuMs: cpu };
}
