import type { ImportReply, ImportWire } from '../features/imports/api.ts';
import type { VideoReply, VideoWire } from '../features/videos/api.ts';
import { CommandFailure, EXIT, notThere } from './exit.ts';
import type { Instance } from './instance.ts';
import { progressLine, sizeText } from './print.ts';

/** `kinora video import URL`: the server fetches, the command watches. */

const EVERY_MS = 500;

export const isLink = (text: string) => /^https?:\/\//i.test(text);

/** Asks for a link to be fetched and, where a server runs, waits until it is there. Throws a `CommandFailure` with why it is not. */
export async function importLink(
  instance: Instance,
  url: string,
  wanted: { title: string | undefined; visibility: string | undefined },
): Promise<VideoWire> {
  const begun = await instance.call<ImportReply>('POST', '/api/videos/import', { url, ...wanted });
  if (!instance.isServed) return begun.video;
  return untilDone(begun.video.id, 'fetched', (show) => watchFetching(instance, begun, show));
}

/** Waits until a video can be played. Throws a `CommandFailure` with why it cannot. */
export async function untilPlayable(instance: Instance, { id, title }: VideoWire): Promise<VideoWire> {
  return untilDone(id, 'taken in', async (show) => {
    for (;;) {
      const { video } = await instance.call<VideoReply>('GET', `/api/videos/${id}`);
      if (video.state === 'failed') throw failed(video);
      if (video.playable) return video;
      show(`${title}: looking at the file`);
      await pause();
    }
  });
}

async function watchFetching(
  instance: Instance,
  { video: { id, title } }: ImportReply,
  show: (text: string) => void,
): Promise<VideoWire> {
  const speed = createSpeed();
  for (;;) {
    const now = await importOf(instance, id);
    if (now === null) {
      const { video } = await instance.call<VideoReply>('GET', `/api/videos/${id}`);
      if (video.state === 'failed') throw failed(video);
      return video;
    }
    if (now.state === 'failed') throw new CommandFailure(`${id}: ${now.note}`);
    show(`${title}: ${textOf(now, speed(now.receivedBytes))}`);
    await pause();
  }
}

/** Null once it has been fetched. */
async function importOf(instance: Instance, id: string): Promise<ImportWire | null> {
  try {
    return (await instance.call<ImportReply>('GET', `/api/videos/${id}/import`)).import;
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === EXIT.notFound) return null;
    throw error;
  }
}

function textOf({ state, note, nextTryAtMs, receivedBytes, sizeBytes }: ImportWire, speed: number | null): string {
  if (nextTryAtMs !== null) return `${note} Tried again at ${new Date(nextTryAtMs).toLocaleTimeString()}.`;
  if (state === 'waiting') return note ?? 'waiting for its turn';
  const pace = speed === null ? '' : `, ${sizeText(speed)}/s`;
  if (sizeBytes === null || sizeBytes === 0) return `${sizeText(receivedBytes)}${pace}`;
  return `${Math.floor((receivedBytes / sizeBytes) * 100)} % of ${sizeText(sizeBytes)}${pace}`;
}

/** Bytes a second over the last ten looks. */
function createSpeed(): (bytes: number) => number | null {
  const looks: { atMs: number; bytes: number }[] = [];
  return (bytes) => {
    looks.push({ atMs: Date.now(), bytes });
    if (looks.length > 10) looks.shift();
    const ms = Date.now() - looks[0]!.atMs;
    return ms === 0 ? null : (Math.max(0, bytes - looks[0]!.bytes) / ms) * 1000;
  };
}

const failed = ({ id, failure }: VideoWire) => new CommandFailure(`${id}: ${failure ?? 'It failed.'}`);
const pause = () => new Promise((done) => setTimeout(done, EVERY_MS));

/** With a line of progress. Ctrl-C ends the command alone: the server goes on, as it does when a browser is closed. */
async function untilDone(
  id: string,
  what: string,
  work: (show: (text: string) => void) => Promise<VideoWire>,
): Promise<VideoWire> {
  const progress = progressLine();
  let interrupt = () => {};
  const interrupted = new Promise<never>((_, fail) => {
    const sentence = `${id} is being ${what} by the server, which goes on. "kinora video remove ${id}" stops it.`;
    interrupt = () => fail(new CommandFailure(sentence, EXIT.interrupted));
  });
  process.once('SIGINT', interrupt);
  try {
    return await Promise.race([work(progress.show), interrupted]);
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === EXIT.notFound) throw notThere(`${id} has been deleted.`);
    throw error;
  } finally {
    process.removeListener('SIGINT', interrupt);
    progress.end();
  }
}
