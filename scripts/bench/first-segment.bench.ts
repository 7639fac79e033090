import { globSync } from 'node:fs';
import { join } from 'node:path';
import { forget, halfMinute480p, runFfmpeg, sizeOf, tenMinutes1080p } from './support/media.ts';
import { median, type Row, told, under, underPeer } from './support/rows.ts';
import { firstAnswer, signIn, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { bestPlaylist, get, untilPlayable, upload } from './support/videos.ts';

export const name = 'first-segment';

const RUNS = 5;
/** Nothing is encoded beside the measurement. */
const QUIET = { KINORA_ENCODING_POLICY_UPLOADS: 'lazy' };

/**
 * The first copied segment out of a file that neither the server nor the kernel has read: by a server that has served
 * others before, and, without a bar, as the very first thing a new server does.
 */
export async function run(): Promise<Row[]> {
  const file = await tenMinutes1080p();
  using folder = temporaryFolder();
  const { id, otherId } = await prepare(folder.path, file);
  const stored = globSync('**/*', { cwd: folder.path })
    .map((path) => join(folder.path, path))
    .find((path) => sizeOf(path) === sizeOf(file));
  if (!stored) throw new Error('The uploaded file is not in the data folder as it was sent.');

  const ours: number[] = [];
  const newServers: number[] = [];
  const peers: number[] = [];
  let cold = true;
  for (let round = 0; round < RUNS; round += 1) {
    const place = (round + 1) / (RUNS + 1);
    const result = await oneRound(folder.path, { id, warmUpId: otherId, file: stored, place });
    const first = await oneRound(folder.path, { id, warmUpId: null, file: stored, place });
    ours.push(result.ours);
    newServers.push(first.ours);
    peers.push(result.peer);
    cold &&= result.cold;
  }
  if (!cold) console.log('The file could not be dropped from the page cache here: these are warm figures.');
  const what = `first copied segment, ${cold ? 'cold' : 'warm'} file`;
  return [
    under(what, median(ours), 50, 'ms'),
    underPeer(`${what}; peer: ffmpeg -c copy of the same seconds`, median(ours), median(peers), 0.5, 'ms'),
    told('the same, as the first thing a new server does', median(newServers), 'ms'),
  ];
}

async function prepare(dataDir: string, file: string): Promise<{ id: string; otherId: string }> {
  const server = await startKinora(dataDir, QUIET);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const { id } = await upload(server.origin, signed, file);
    await untilPlayable(server.origin, signed, id);
    const other = await upload(server.origin, signed, await halfMinute480p());
    await untilPlayable(server.origin, signed, other.id);
    return { id, otherId: other.id };
  } finally {
    await server.stop();
  }
}

/** Ours, then the peer's, at the same place of the file. */
async function oneRound(
  dataDir: string,
  { id, warmUpId, file, place }: { id: string; warmUpId: string | null; file: string; place: number },
) {
  const server = await startKinora(dataDir, QUIET);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signIn(server.origin);
    const { segments } = await bestPlaylist(await untilPlayable(server.origin, signed, id), signed);
    if (warmUpId) {
      const other = await bestPlaylist(await untilPlayable(server.origin, signed, warmUpId), signed);
      for (const { url } of other.segments) await get(url, signed);
    }
    const segment = segments[Math.floor(segments.length * place)];
    if (!segment) throw new Error('The playlist has no segments.');
    let cold = await forget(file);
    let started = performance.now();
    await get(segment.url, signed);
    const ours = performance.now() - started;

    cold = (await forget(file)) && cold;
    const cut = [
      '-ss',
      String(segment.start),
      '-t',
      String(segment.seconds),
      '-i',
      file,
      '-map',
      '0:v:0',
      '-c',
      'copy',
    ];
    started = performance.now();
    await runFfmpeg([...cut, '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'pipe:1']);
    return { ours, peer: performance.now() - started, cold };
  } finally {
    await server.stop();
  }
}
