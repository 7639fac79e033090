import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { notFound } from '../../core/problem.ts';
import { access } from '../../http/access.ts';
import { notModified, sendBytes } from '../../http/bytes.ts';
import type { HttpEnv } from '../../http/env.ts';
import { createHeldBytes } from '../../http/held-bytes.ts';
import { nodeOf, whenOver } from '../../http/node-answer.ts';
import { sendHeld } from '../../http/send-held.ts';
import { isHandedOver, sendStored } from '../../http/stored.ts';
import { clientAddress } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { segmentNotFound } from '../../streaming/engine.ts';
import { type StreamRendition, segmentCount } from '../../streaming/source.ts';
import { findCaption, listReady } from '../captions/queries.ts';
import { getMedia, type Media, mediaCache, noSuchMedia } from '../videos/media-access.queries.ts';
import type { VideoRow } from '../videos/queries.ts';
import { findStream, type VideoStream } from '../videos/streams.queries.ts';
import { WaitingWire } from './api.ts';
import { createDeliveryMetrics, type SegmentFrom } from './delivery.metrics.ts';
import { burntMultivariant, dash, keyFrames, multivariant, playlist } from './manifests.ts';
import { nowPlaying } from './now-playing.service.ts';
import { sendPicture } from './pictures.routes.ts';

const HLS = 'application/vnd.apple.mpegurl';
const DASH = 'application/dash+xml';

/** `/media/<video>/...` plain for public videos, `/media/<video>/~<token>/...` for all others. */
export function playbackRoutes(app: App) {
  const routes = new Hono<HttpEnv>();
  const held = createHeldBytes();
  const delivery = createDeliveryMetrics(app);
  const declared = (summary: string, type: string) =>
    access('anyone', { summary, tags: ['media'], returns: { 200: type } });

  for (const prefix of ['/media/:video', '/media/:video/:token{~[^/]+}'] as const) {
    const under = <P extends string>(path: P) => `${prefix}${path}` as const;
    routes
      .get(under('/master.m3u8'), declared('HLS multivariant playlist', HLS), async (c) => {
        const { stream, video } = getStream(c);
        const captions = listReady(app.db.orm, video.id);
        return sendText(c, multivariant(stream, captions, false, await withKeyFrames(stream))!, HLS, video);
      })
      .get(under('/original.m3u8'), declared('HLS playlist of the untouched original', HLS), async (c) => {
        const { stream, video } = getStream(c);
        const captions = listReady(app.db.orm, video.id);
        const text = multivariant(stream, captions, true, await withKeyFrames(stream));
        if (!text) throw notFound('The original of this video is already among the qualities of master.m3u8.');
        return sendText(c, text, HLS, video);
      })
      .get(under('/:burnt{burnt-[0-9A-Za-z]+\\.m3u8}'), declared('HLS playlist with a caption drawn in', HLS), (c) => {
        const { stream, video } = getStream(c);
        const id = /^burnt-(\w+)/.exec((c.req.param() as Record<string, string>)['burnt']!)![1]!;
        const caption = findCaption(app.db.orm, video.id, id);
        const rendition = stream.burnt.find((candidate) => candidate.id === caption?.burntRenditionId);
        const text = rendition ? burntMultivariant(stream, rendition) : null;
        if (!text) throw noSuchMedia();
        return sendText(c, text, HLS, video);
      })
      .get(under('/manifest.mpd'), declared('DASH manifest', DASH), (c) => {
        const { stream, video } = getStream(c);
        return sendText(c, dash(stream, listReady(app.db.orm, video.id)), DASH, video);
      })
      .get(
        under('/waiting'),
        access('anyone', {
          summary: 'What this viewer waits for',
          tags: ['media'],
          returns: { 200: WaitingWire },
          description: 'A player asks this when a segment takes long, to say why.',
        }),
        (c) => {
          const media = getMediaOf(c);
          const found = app.streaming.waiting(viewerKey(c, media), media.video.id);
          const waiting = found === null ? 'nothing' : found.ahead === null ? 'part' : 'turn';
          c.header('Cache-Control', 'no-store');
          return c.json({ waiting, ahead: found?.ahead ?? 0 } satisfies WaitingWire, 200);
        },
      )
      .get(under('/images/:set/:name'), declared('Poster, storyboard and waveform', 'image/*'), async (c) => {
        const { video } = getMediaOf(c);
        const sent = await sendPicture(app, c, video, mediaCache(video, 'forEver'));
        if (!sent) throw noSuchMedia();
        return sent;
      })
      .get(under('/:rendition/index.m3u8'), declared('HLS media playlist', HLS), (c) => {
        const { stream, rendition, video } = getRendition(c);
        return sendText(c, playlist(stream, rendition), HLS, video);
      })
      .get(under('/:rendition/init.mp4'), declared('Init segment', 'video/mp4'), async (c) => {
        const { stream, rendition, video, viewer } = getRendition(c);
        const bytes = await app.streaming.init(stream.source, rendition, viewer);
        return sendBytes(c, bytes, {
          contentType: typeOf(rendition.spec.kind),
          etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
          cache: mediaCache(video, 'header'),
        });
      })
      .get(under('/:rendition/key-frames.m3u8'), declared('HLS playlist of key frames alone', HLS), async (c) => {
        const { stream, rendition, video } = getRendition(c);
        if (!(await app.streaming.hasKeyFrames(stream.source, rendition))) throw noSuchMedia();
        return sendText(c, keyFrames(stream, rendition), HLS, video);
      })
      .get(under('/:rendition/:segment{[^/]+\\.m4s}'), declared('Media segment', 'video/iso.segment'), async (c) => {
        const { media, stream, rendition, video, viewer } = getRendition(c);
        const { isKeyFrame, index } = readSegmentName((c.req.param() as Record<string, string>)['segment']!);
        const about = {
          contentType: typeOf(rendition.spec.kind),
          etag: `"${rendition.id}-${isKeyFrame ? 'k' : ''}${index}"`,
          cache: mediaCache(video, 'forEver'),
        };
        const counted = (by: SegmentFrom) => ({
          ...about,
          onBody: (sizeBytes: number) => delivery.answered(rendition, viewer, by, sizeBytes),
        });
        let from: SegmentFrom = 'made';
        const isThere = index < segmentCount(stream.source.timeline, rendition.spec.grid);
        // A cache that asks whether this may still be watched is no reason to make it.
        const unchanged = isThere ? notModified(c, about) : null;
        if (isThere && !isKeyFrame) notePlaying(c, media, rendition, index);
        if (unchanged) return unchanged;
        if (!isKeyFrame) {
          const byProxy = isHandedOver(app, c);
          const found = await app.streaming.find(rendition, index, { viewer, asFile: byProxy });
          if (found instanceof Uint8Array) return sendHeld(c, held, found, counted('hot'));
          // From a bucket it is fetched as a whole, by one request, and held as what has just been made.
          from = found ? 'stored' : 'made';
          const isHere = found && app.storage.localPath(found.key) !== null;
          const sent = isHere && (await sendStored(app, c, found.key, counted('stored')));
          if (sent && byProxy) delivery.answered(rendition, viewer, 'proxy', 0);
          if (sent) return sent;
        }
        const { signal } = c.req.raw;
        const giveBack = await held.room(signal);
        try {
          const bytes = await (isKeyFrame
            ? app.streaming.keyFrame(stream.source, rendition, index)
            : app.streaming.segment(stream.source, rendition, index, { viewer, signal }));
          return sendHeld(c, held, bytes, counted(from));
        } finally {
          giveBack();
        }
      });
  }
  return routes;

  function getMediaOf(c: Context<HttpEnv>): Media {
    return getMedia(app, c.req.param() as { video: string; token?: string });
  }

  /** Tells one viewer from another: by account where there is one, else by address. */
  function viewerKey(c: Context<HttpEnv>, { userId }: Media): string {
    return c.var.viewer.user?.id ?? userId ?? `address ${clientAddress(c, app)}`;
  }

  /** Whoever asks for a segment is watching; what the socket takes until it is answered is what they were sent. */
  function notePlaying(c: Context<HttpEnv>, { userId }: Media, rendition: StreamRendition, index: number): void {
    const { spec, id: renditionId, videoId } = rendition;
    const request = { kind: spec.kind, videoId, renditionId, index, userId, address: clientAddress(c, app) };
    const sent = nowPlaying(app).asked(request);
    const node = nodeOf(c);
    if (!node) return;
    const { socket } = node.incoming;
    const before = socket.bytesWritten;
    whenOver(node, () => {
      const bytes = socket.bytesWritten - before;
      // What the proxy takes from the disk itself does not come by here: as much as the rendition has on average, then.
      const isProxied = bytes < HEADERS_BYTES && isHandedOver(app, c);
      sent(isProxied ? spec.bitrateKbps * 125 * SEGMENT_SEC : bytes);
    });
  }

  async function withKeyFrames({ source, renditions }: VideoStream): Promise<Set<string>> {
    const found = await Promise.all(renditions.map((rendition) => app.streaming.hasKeyFrames(source, rendition)));
    return new Set(renditions.filter((_, n) => found[n]).map(({ id }) => id));
  }

  function getStream(c: Context<HttpEnv>) {
    const media = getMediaOf(c);
    const { video } = media;
    const stream = findStream(app, video.id);
    if (!stream) throw notFound('This video cannot be played yet. Try again in a moment.');
    return { media, video, stream };
  }

  function getRendition(c: Context<HttpEnv>) {
    const { media, video, stream } = getStream(c);
    const id = (c.req.param() as Record<string, string>)['rendition'];
    const rendition = [...stream.renditions, ...stream.burnt].find((candidate) => candidate.id === id);
    if (!rendition) throw noSuchMedia();
    return { media, video, stream, rendition, viewer: viewerKey(c, media) };
  }
}

/** `12.m4s` is a segment, `k12.m4s` its key frame. Every number has one name, so that caches know one of each. */
function readSegmentName(name: string): { isKeyFrame: boolean; index: number } {
  const match = /^(k?)(0|[1-9]\d{0,6})\.m4s$/.exec(name);
  if (!match) throw segmentNotFound('This rendition has no segment of that number.');
  return { isKeyFrame: match[1] === 'k', index: Number(match[2]) };
}

function sendText(c: Context, text: string, contentType: string, video: VideoRow): Response {
  return sendBytes(c, Buffer.from(text), { contentType, cache: mediaCache(video, 'manifest') });
}

const SEGMENT_SEC = 4;
const HEADERS_BYTES = 4096;

const typeOf = (kind: 'video' | 'audio') => (kind === 'video' ? 'video/mp4' : 'audio/mp4');
