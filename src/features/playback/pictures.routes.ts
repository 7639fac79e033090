import type { Context } from 'hono';
import { namedInAccept } from '../../http/accept.ts';
import type { HttpEnv } from '../../http/env.ts';
import { sendStored } from '../../http/stored.ts';
import { toJpeg } from '../../platform/images.ts';
import { isFileMissing } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import type { VideoRow } from '../videos/queries.ts';

/**
 * Pictures of a video. `poster`, `poster-320`, `-640`, `-1280` and `storyboard-N` are answered as AVIF, WebP or JPEG, whichever
 * is the best the client names in `Accept`; with an extension they are that file. All were made before, so nothing is
 * decoded here, but for the JPEG of a storyboard sheet: made when somebody first needs it, and kept.
 */

const FILE =
  /^(poster(-(320|640|1280))?\.(avif|webp|jpg)|choice-\d{1,2}(-320)?\.webp|storyboard-\d{1,4}\.(webp|jpg)|storyboard\.vtt|waveform\.json)$/;
const CHOSEN = /^(poster(-(320|640|1280))?|storyboard-\d{1,4})$/;
const TYPES: Record<string, string> = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpg: 'image/jpeg',
  vtt: 'text/vtt; charset=utf-8',
  json: 'application/json',
};

/** Answers with the picture, or null where there is none of that name. */
export async function sendPicture(
  app: App,
  c: Context<HttpEnv>,
  video: VideoRow,
  cache: string,
): Promise<Response | null> {
  const { set, name } = c.req.param() as { set: string; name: string };
  if (![video.imageSet, video.posterSet, video.waveformSet].includes(set)) return null;
  const prefix = `videos/${video.id}/images/${set}/`;
  const negotiated = CHOSEN.test(name);
  if (!negotiated && !FILE.test(name)) return null;
  const files = negotiated ? filesFor(name, c.req.header('accept')) : [name.replace('poster.', 'poster-1280.'), name];
  for (const file of files) {
    const contentType = TYPES[file.slice(file.lastIndexOf('.') + 1)]!;
    const about = { contentType, etag: `"${set}-${file}"`, cache, ...(negotiated ? { vary: 'Accept' } : {}) };
    const send = () => sendStored(app, c, prefix + file, about);
    const sent = (await send()) ?? ((await makeMissing(app, prefix, file)) ? await send() : null);
    if (sent) return sent;
  }
  return null;
}

/** What would do, the best first. Sets made by an older Kinora have one `poster.webp` alone. */
function filesFor(name: string, accept: string | undefined): string[] {
  const formats = namedInAccept(accept, ['image/avif', 'image/webp'] as const).map((type) =>
    type.slice('image/'.length),
  );
  if (name.startsWith('storyboard'))
    return [...formats.filter((format) => format === 'webp'), 'jpg'].map((end) => `${name}.${end}`);
  const wide = name === 'poster' ? 'poster-1280' : name;
  return [...[...formats, 'jpg'].map((format) => `${wide}.${format}`), 'poster.webp'];
}

const underWay = new Map<string, Promise<boolean>>();

/** Makes the JPEG of a storyboard sheet, once for all who ask at the same time. False for what cannot be made. */
async function makeMissing(app: App, prefix: string, file: string): Promise<boolean> {
  if (!/^storyboard-\d+\.jpg$/.test(file)) return false;
  const key = prefix + file;
  let made = underWay.get(key);
  if (!made) {
    made = makeSheet(app, prefix, file).finally(() => underWay.delete(key));
    underWay.set(key, made);
  }
  return made;
}

async function makeSheet(app: App, prefix: string, file: string): Promise<boolean> {
  const sheet = await app.storage.get(prefix + file.replace('.jpg', '.webp')).catch((error: unknown) => {
    if (isFileMissing(error)) return null;
    throw error;
  });
  if (!sheet) return false;
  await app.storage.put(prefix + file, await toJpeg(sheet));
  return true;
}
