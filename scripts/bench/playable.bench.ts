import { runFfmpeg, tenMinutes1080p } from './support/media.ts';
import { medianOf, type Row, under } from './support/rows.ts';
import { firstAnswer, signInAsFirst, startKinora, temporaryFolder } from './support/server.ts';
import { bestPlaylist, get, untilPlayable, upload } from './support/videos.ts';

export const name = 'playable';

/** From the last byte's acknowledgement until a player has the first segment of ten minutes of 1080p. */
export async function run(): Promise<Row[]> {
  const file = await tenMinutes1080p();
  const ours = await medianOf(3, () => lastByteToFirstSegment(file));
  // What a server that encodes before it plays waits for, at the very least.
  const rung = ['-vf', 'scale=-2:360', '-c:v', 'libx264', '-preset', 'veryfast', '-an', '-f', 'mp4'];
  const peer = await runFfmpeg(['-i', file, ...rung, '-movflags', 'empty_moov+frag_keyframe', 'pipe:1']);
  return [under('last byte to first segment; peer: ffmpeg makes a 360p rung', ours, 1000, 'ms', peer)];
}

/** Each time on a new server, with the default policy: filling the ladder begins at the same moment. */
async function lastByteToFirstSegment(file: string): Promise<number> {
  using folder = temporaryFolder();
  const server = await startKinora(folder.path);
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const { id, doneAt } = await upload(server.origin, signed, file);
    const playlist = await bestPlaylist(await untilPlayable(server.origin, signed, id), signed);
    await get(playlist.init, signed);
    await get(playlist.segments[0]?.url ?? '', signed);
    return performance.now() - doneAt;
  } finally {
    await server.stop();
  }
}
