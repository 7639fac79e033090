import { halfMinute480p, runFfmpeg, tenMinutes1080p } from './support/media.ts';
import { medianOf, type Row, under } from './support/rows.ts';
import { firstAnswer, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { allPlaylists, get, untilPlayable, upload } from './support/videos.ts';

export const name = 'playable';

/**
 * From the last byte's acknowledgement until a player has the first segment: of ten minutes of 1080p in its best quality, which
 * is copied, and of half a minute of 480p in every quality, which are encoded while everybody waits.
 */
export async function run(): Promise<Row[]> {
  const long = await tenMinutes1080p();
  const short = await halfMinute480p();
  const ours = await medianOf(3, () => lastByteToFirstSegment(long, 0));
  // What a server that encodes before it plays waits for, at the very least.
  const rung = ['-vf', 'scale=-2:360', '-c:v', 'libx264', '-preset', 'veryfast', '-an', '-f', 'mp4'];
  const peer = await runFfmpeg(['-i', long, ...rung, '-movflags', 'empty_moov+frag_keyframe', 'pipe:1']);
  const rows = [
    under(
      'last byte of 10 min of 1080p to first segment, copied; peer: ffmpeg makes one whole rung, 360p',
      ours,
      1000,
      'ms',
      peer,
    ),
  ];
  for (const [place, name] of ['480p', '360p', '240p'].entries()) {
    const encoded = await medianOf(3, () => lastByteToFirstSegment(short, place));
    rows.push(under(`last byte of 30 s of 480p to first segment, encoded ${name}`, encoded, 1000, 'ms'));
  }
  return rows;
}

/** Each time on a new server, with the default policy: filling the ladder begins at the same moment. */
async function lastByteToFirstSegment(file: string, place: number): Promise<number> {
  using folder = temporaryFolder();
  const server = await startKinora(folder.path);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const { id, doneAt } = await upload(server.origin, signed, file);
    const playlists = await allPlaylists(await untilPlayable(server.origin, signed, id), signed);
    const playlist = playlists[place];
    if (!playlist) throw new Error(`The video has no quality number ${place}.`);
    await get(playlist.init, signed);
    await get(playlist.segments[0]?.url ?? '', signed);
    return performance.now() - doneAt;
  } finally {
    await server.stop();
  }
}
