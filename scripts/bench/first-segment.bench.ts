import { type FilmKind, film } from './support/films.ts';
import { addFilm, bringToRest } from './support/library.ts';
import { forget, forgetFolder, halfMinute480p, runFfmpeg } from './support/media.ts';
import { median, type Row, told, underBoth } from './support/rows.ts';
import { firstAnswer, type Server, signIn, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { bestPlaylist, get, type Playlist, soundPlaylists, untilPlayable, upload } from './support/videos.ts';

export const name = 'first-segment';

const ROUNDS = 7;
/** Nothing is encoded beside the measurement. */
const QUIET = { KINORA_ENCODING_POLICY_UPLOADS: 'lazy' };
const FILMS: Record<Exclude<FilmKind, 'ts'>, string> = {
  mp4: 'MP4',
  mkv: 'MKV',
  'mp4-moov-last': 'MP4 with its tables at the end',
};

type Headers = Record<string, string>;
type Segment = Playlist['segments'][number];

/** A film that is in a library, and what is asked for before it: a video that has nothing to do with it. */
interface Prepared {
  dataDir: string;
  otherId: string;
  id: string;
  file: string;
}

/**
 * The first copied segment out of a film of 4 GB that neither the server nor the kernel has read: by a server that has
 * served others before, and, without a bar, as the very first thing a new server does.
 */
export async function run(): Promise<Row[]> {
  using folder = temporaryFolder();
  const rows: Row[] = [];
  for (const { kind, ...prepared } of await prepare(folder.path)) rows.push(...(await measure(kind, prepared)));
  return rows;
}

async function prepare(dataDir: string): Promise<(Prepared & { kind: keyof typeof FILMS })[]> {
  const server = await startKinora(dataDir, QUIET);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const { id: otherId } = await upload(server.origin, signed, await halfMinute480p());
    await untilPlayable(server.origin, signed, otherId);
    const prepared = [];
    for (const kind of Object.keys(FILMS) as (keyof typeof FILMS)[]) {
      const file = await film(kind);
      const id = await addFilm(server.origin, signed, file);
      await bringToRest(server, signed);
      prepared.push({ kind, dataDir, otherId, id, file });
    }
    return prepared;
  } finally {
    await server.stop();
  }
}

async function measure(kind: keyof typeof FILMS, prepared: Prepared): Promise<Row[]> {
  const { file } = prepared;
  const times = { ours: [] as number[], peer: [] as number[], sound: [] as number[], newServer: [] as number[] };
  let cold = true;
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = (round + 1) / (ROUNDS + 1);
    await withServer(prepared, 'used', async (picture, sound, signed) => {
      cold = (await forgetAll(prepared)) && cold;
      times.ours.push(await timeOf(() => get(at(picture, place).url, signed)));
      cold = (await forget(file)) && cold;
      times.peer.push(await timeOf(() => cutByPeer(file, at(picture, place))));
      cold = (await forgetAll(prepared)) && cold;
      // Sound elsewhere, which nothing has come by.
      times.sound.push(await timeOf(() => get(at(sound, place / 2).url, signed)));
    });
    await withServer(prepared, 'new', async (picture, _, signed) => {
      cold = (await forgetAll(prepared)) && cold;
      times.newServer.push(await timeOf(() => get(at(picture, place).url, signed)));
    });
  }
  if (!cold) console.log('The film could not be dropped from the page cache here: these are warm figures.');
  const what = `first copied segment of a 4 GB ${FILMS[kind]}, ${cold ? 'cold' : 'warm'}`;
  const bars = { limit: 50, share: 0.5 };
  return [
    underBoth(`${what}; peer: ffmpeg -c copy of the same seconds`, median(times.ours), median(times.peer), bars, 'ms'),
    told('the same, as the first thing a new server does', median(times.newServer), 'ms'),
    told('a segment of its sound, elsewhere', median(times.sound), 'ms'),
  ];
}

/** Starts the server anew, which then has opened no film; a used one has served another video. */
async function withServer(
  { dataDir, otherId, id }: Prepared,
  state: 'used' | 'new',
  work: (picture: readonly Segment[], sound: readonly Segment[], signed: Headers) => Promise<void>,
): Promise<void> {
  const server = await startKinora(dataDir, QUIET);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signIn(server.origin);
    const [picture, sound] = await segmentsOf(server, id, signed);
    if (state === 'used') {
      const [segments] = await segmentsOf(server, otherId, signed);
      for (const { url } of segments) await get(url, signed);
    }
    await work(picture, sound, signed);
  } finally {
    await server.stop();
  }
}

async function segmentsOf(server: Server, id: string, signed: Headers): Promise<[Segment[], Segment[]]> {
  const multivariant = await untilPlayable(server.origin, signed, id);
  const [sound] = await soundPlaylists(multivariant, signed);
  return [(await bestPlaylist(multivariant, signed)).segments, sound?.segments ?? []];
}

function at(segments: readonly Segment[], place: number): Segment {
  const segment = segments[Math.floor(segments.length * place)];
  if (!segment) throw new Error('The playlist has no segments.');
  return segment;
}

/** The film, and what the server keeps about it. */
async function forgetAll({ dataDir, file }: Prepared): Promise<boolean> {
  await forgetFolder(dataDir);
  return forget(file);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function cutByPeer(file: string, { start, seconds }: Segment): Promise<number> {
  const cut = ['-ss', String(start), '-t', String(seconds), '-i', file, '-map', '0:v:0', '-c', 'copy'];
  return runFfmpeg([...cut, '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof', 'pipe:1']);
}
