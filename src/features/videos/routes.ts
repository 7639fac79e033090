import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { EditVideoBody, ListVideosQuery, VideoPage, VideoReply } from './api.ts';
import { findPlayback } from './playback.ts';
import { posterRoutes } from './poster.routes.ts';
import { videoNotPlayable } from './problems.ts';
import { getWatchable, listVideos, videoWire } from './queries.ts';
import { editVideo, removeVideo, restoreVideo } from './service.ts';

export function videoRoutes(app: App) {
  const reply = async (viewer: Viewer, id: string): Promise<VideoReply> => {
    const playback = await findPlayback(app, viewer, getWatchable(app, viewer, id));
    return { video: videoWire(app, viewer, id), ...(playback ? { playback } : {}) };
  };
  return new Hono<HttpEnv>()
    .route('/', posterRoutes(app, reply))
    .get(
      '/api/videos',
      access('anyone', { summary: 'List videos, newest first', returns: { 200: VideoPage } }),
      valid('query', ListVideosQuery),
      (c) => c.json(listVideos(app, c.var.viewer, c.req.valid('query')), 200),
    )
    .get(
      '/api/videos/:id',
      access('anyone', {
        summary: 'One video, and how to play it',
        description: '`playback` appears as soon as the video can be played, long before everything is encoded.',
        returns: { 200: VideoReply },
      }),
      valid('param', IdParam),
      async (c) => c.json(await reply(c.var.viewer, c.req.valid('param').id), 200),
    )
    .get(
      '/api/videos/:id/playlist.m3u8',
      access('anyone', { summary: 'Go to the HLS multivariant playlist', returns: { 302: null } }),
      valid('param', IdParam),
      async (c) => {
        const { viewer } = c.var;
        const playback = await findPlayback(app, viewer, getWatchable(app, viewer, c.req.valid('param').id));
        if (!playback) throw videoNotPlayable('This video cannot be played yet. Try again in a moment.');
        c.header('Cache-Control', 'no-store');
        return c.redirect(playback.hls, 302);
      },
    )
    .patch(
      '/api/videos/:id',
      access('signedIn', { summary: 'Change a video', returns: { 200: VideoReply } }),
      valid('param', IdParam),
      valid('json', EditVideoBody),
      async (c) => {
        const { id } = c.req.valid('param');
        editVideo(app, c.var.viewer, id, c.req.valid('json'));
        return c.json(await reply(c.var.viewer, id), 200);
      },
    )
    .delete(
      '/api/videos/:id',
      access('signedIn', { summary: 'Delete a video; it can be restored for a while', returns: { 204: null } }),
      valid('param', IdParam),
      (c) => {
        removeVideo(app, c.var.viewer, actorOf(c, app), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .post(
      '/api/videos/:id/restore',
      access('signedIn', { summary: 'Bring back a deleted video', returns: { 200: VideoReply } }),
      valid('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        restoreVideo(app, c.var.viewer, actorOf(c, app), id);
        return c.json(await reply(c.var.viewer, id), 200);
      },
    );
}
