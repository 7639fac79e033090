import { type Context, Hono } from 'hono';
import { access } from '../../http/access.ts';
import { sendBytes } from '../../http/bytes.ts';
import type { HttpEnv } from '../../http/env.ts';
import { sendStored } from '../../http/stored.ts';
import { cuesBetween, writeVtt } from '../../media/captions/cues.ts';
import { captionBoundaries, captionPlaylist } from '../../media/captions/hls-segments.ts';
import { parseVtt } from '../../media/captions/vtt.ts';
import type { App } from '../../ports.ts';
import { segmentNotFound } from '../../streaming/engine.ts';
import { getMediaVideo, mediaCache, noSuchMedia } from '../videos/media-access.queries.ts';
import type { VideoRow } from '../videos/queries.ts';
import { findStream } from '../videos/streams.queries.ts';
import { type CaptionRow, captionFolder, findCaption, fontKey, hasText } from './queries.ts';

const HLS = 'application/vnd.apple.mpegurl';
const VTT = 'text/vtt; charset=utf-8';
const FONTS: Record<string, string> = {
  ttf: 'font/ttf',
  otf: 'font/otf',
  ttc: 'font/collection',
  woff: 'font/woff',
  woff2: 'font/woff2',
};

/** Captions below `/media/<video>/[~token/]captions/`: files for players that draw them, and WebVTT segments for HLS. */
export function captionMediaRoutes(app: App) {
  const routes = new Hono<HttpEnv>();
  const declared = (summary: string, type: string) =>
    access('anyone', { summary, tags: ['media'], returns: { 200: type } });

  for (const prefix of ['/media/:video', '/media/:video/:token{~[^/]+}'] as const) {
    const under = <P extends string>(path: P) => `${prefix}/captions${path}` as const;
    routes
      .get(under('/:file{[0-9A-Za-z]+\\.(?:vtt|ass|sup)}'), declared('A caption track', 'text/vtt'), (c) => {
        const [id, extension] = param(c, 'file').split('.') as [string, 'vtt' | 'ass' | 'sup'];
        const { video, row } = getCaption(c, id);
        const held = { vtt: hasText(row), ass: row.format === 'ass', sup: row.format === 'pgs' }[extension];
        if (!held) throw noSuchMedia();
        const name = extension === 'sup' ? 'pictures.sup' : `text.${extension}`;
        const contentType = { vtt: VTT, ass: 'text/x-ssa; charset=utf-8', sup: 'application/octet-stream' }[extension];
        return sendPart(c, `${captionFolder(row)}${name}`, { video, contentType, etag: `"${id}.${extension}"` });
      })
      .get(under('/:caption/fonts/:name'), declared('A font of a caption track', 'font/ttf'), (c) => {
        const { video, row } = getCaption(c, param(c, 'caption'));
        const name = param(c, 'name');
        if (!row.fonts?.includes(name)) throw noSuchMedia();
        const contentType = FONTS[name.split('.')[1]!] ?? 'application/octet-stream';
        return sendPart(c, fontKey(row.videoId, name), { video, contentType, etag: `"${name}"` });
      })
      .get(under('/:caption/index.m3u8'), declared('HLS media playlist of captions', HLS), (c) => {
        const { video, boundariesUs } = getText(c);
        const cache = mediaCache(video, 'manifest');
        return sendBytes(c, Buffer.from(captionPlaylist(boundariesUs)), { contentType: HLS, cache });
      })
      .get(under('/:caption/:segment{[0-9]+\\.vtt}'), declared('WebVTT segment', 'text/vtt'), async (c) => {
        const { video, row, boundariesUs } = getText(c);
        const name = param(c, 'segment');
        const index = /^(0|[1-9]\d{0,5})\.vtt$/.test(name) ? Number.parseInt(name, 10) : -1;
        const [from, end] = [boundariesUs[index], boundariesUs[index + 1]];
        if (from === undefined || end === undefined) throw segmentNotFound('There is no segment of that number.');
        const text = Buffer.from(await app.storage.get(`${captionFolder(row)}text.vtt`)).toString('utf8');
        // The last one also holds what goes on after the picture has ended.
        const until = index === boundariesUs.length - 2 ? Number.POSITIVE_INFINITY : end / 1000;
        const segment = writeVtt(cuesBetween(parseVtt(text), from / 1000, until), { segment: true });
        const etag = `"${row.id}-${index}"`;
        return sendBytes(c, Buffer.from(segment), { contentType: VTT, etag, cache: mediaCache(video, 'forEver') });
      });
  }
  return routes;

  function getCaption(c: Context<HttpEnv>, id: string): { video: VideoRow; row: CaptionRow } {
    const video = getMediaVideo(app, c.req.param() as { video: string; token?: string });
    const row = findCaption(app.db.orm, video.id, id);
    if (row?.state !== 'ready') throw noSuchMedia();
    return { video, row };
  }

  function getText(c: Context<HttpEnv>) {
    const { video, row } = getCaption(c, param(c, 'caption'));
    const stream = findStream(app, video.id);
    if (!stream || !hasText(row)) throw noSuchMedia();
    const { source, regularUs } = stream.source.timeline;
    return { video, row, boundariesUs: captionBoundaries(source?.boundariesUs ?? regularUs) };
  }

  async function sendPart(
    c: Context<HttpEnv>,
    key: string,
    { video, contentType, etag }: { video: VideoRow; contentType: string; etag: string },
  ): Promise<Response> {
    const sent = await sendStored(app, c, key, { contentType, etag, cache: mediaCache(video, 'forEver') });
    if (!sent) throw noSuchMedia();
    return sent;
  }
}

function param(c: Context<HttpEnv>, name: string): string {
  return (c.req.param() as Record<string, string>)[name] ?? '';
}
