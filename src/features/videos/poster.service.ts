import { newId } from '../../core/ids.ts';
import { readSentPicture } from '../../platform/images.ts';
import type { App } from '../../ports.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { PosterChoicesWire } from './api.ts';
import { mediaBase } from './media-urls.queries.ts';
import { putPoster } from './posters.ts';
import { posterChoiceMissing } from './problems.ts';
import type { VideoRow } from './queries.ts';
import { getEditable, setPoster } from './service.ts';

/** What an owner chooses a poster from. */
export function listPosterChoices(app: App, viewer: Viewer, id: string): PosterChoicesWire {
  const video = getEditable(app, viewer, id);
  const base = `${mediaBase(app, viewer, video).url}/images`;
  const chosen = video.posterSet === null ? video.posterBest : video.posterChoice;
  const sent = video.posterSet !== null && video.posterChoice === null;
  return {
    automatic: video.posterSet === null,
    sentUrl: sent ? `${base}/${video.posterSet}/poster-320` : null,
    choices: Array.from({ length: video.imageSet ? video.posterChoices : 0 }, (_, number) => ({
      number,
      url: `${base}/${video.imageSet}/choice-${number}-320.webp`,
      chosen: number === chosen,
    })),
  };
}

/** Makes one of the choices the poster. Throws `poster-choice-missing`. */
export async function choosePoster(app: App, viewer: Viewer, id: string, choice: number): Promise<void> {
  const video = getEditable(app, viewer, id);
  const key = `videos/${id}/images/${video.imageSet}/choice-${choice}.webp`;
  const exists = video.imageSet !== null && choice < video.posterChoices && (await app.storage.stat(key));
  if (!exists) throw posterChoiceMissing('There is no such picture to choose (any more). Open the choices again.');
  await replacePoster(app, video, Buffer.from(await app.storage.get(key)), choice);
}

/** Makes a picture that somebody sent the poster. Throws `picture-unusable`. */
export async function sendPoster(app: App, viewer: Viewer, id: string, bytes: Uint8Array): Promise<void> {
  const video = getEditable(app, viewer, id);
  await replacePoster(app, video, await readSentPicture(bytes), null);
}

/** Goes back to the best of the choices. */
export async function resetPoster(app: App, viewer: Viewer, id: string): Promise<void> {
  const video = getEditable(app, viewer, id);
  if (video.posterSet === null) return;
  app.db.write((tx) => setPoster(app, tx, id, null));
  await dropSet(app, video);
}

/** Files first, then the row, then what it replaces: a poster is never missing. */
async function replacePoster(app: App, video: VideoRow, picture: Buffer, choice: number | null): Promise<void> {
  const set = newId(8);
  await putPoster(app, `videos/${video.id}/images/${set}/`, picture);
  app.db.write((tx) => setPoster(app, tx, video.id, { set, choice }));
  await dropSet(app, video);
}

async function dropSet(app: App, { id, posterSet }: VideoRow): Promise<void> {
  if (posterSet) await app.storage.deletePrefix(`videos/${id}/images/${posterSet}/`);
}
