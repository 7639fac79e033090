import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../core/ids.ts';
import { drawSoundPoster } from '../../platform/images.ts';
import type { App } from '../../ports.ts';
import { findPosters, putChoices, putPoster } from './posters.ts';
import { findVideo } from './queries.ts';
import { setImages } from './service.ts';
import { makeStoryboard } from './storyboards.ts';
import { findStream } from './streams.queries.ts';

/**
 * Makes a video's pictures under a new random name and then points the video at them: URLs of pictures never change their
 * meaning, and a half-made set is never seen. A poster that somebody chose or sent lies in a set of its own and stays.
 */
export async function makeImages(app: App, videoId: string, signal: AbortSignal): Promise<void> {
  const stream = findStream(app, videoId);
  const video = findVideo(app.db.orm, videoId);
  if (!stream || !video) return;
  const imageSet = newId(8);
  const prefix = `videos/${videoId}/images/${imageSet}/`;
  const folder = join(app.dataDir.tmpPath, `images-${imageSet}`);
  await mkdir(folder, { recursive: true });
  try {
    const found = await findPosters(app, stream.source, { folder, signal });
    const { pictures, best } = found ?? { pictures: [await drawSoundPoster(video.title)], best: 0 };
    await putChoices(app, prefix, pictures);
    const set = { imageSet, posterChoices: pictures.length, posterBest: best };
    // The poster shows at once; the storyboard of a long film takes a while.
    const show = (storyboardSheets: number) =>
      app.db.write((tx) => setImages(app, tx, videoId, { ...set, storyboardSheets }));
    await putPoster(app, prefix, pictures[best]!, () => show(0));
    const hasPicture = stream.source.info.video.length > 0;
    const sheets = hasPicture ? await makeStoryboard(app, stream.source, { folder, prefix, signal }) : 0;
    if (sheets > 0) show(sheets);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (video.imageSet) await app.storage.deletePrefix(`videos/${videoId}/images/${video.imageSet}/`);
}
