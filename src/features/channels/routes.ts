import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { ChannelParam, ChannelReply, EditChannelBody } from './api.ts';
import { getChannel } from './queries.ts';
import { editChannel } from './service.ts';

export function channelRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/channels/:id',
      access('anyone', {
        summary: 'A channel',
        description: 'By its id, or by `@` and its handle. Its videos are `GET /api/videos?channel=ID`.',
        returns: { 200: ChannelReply },
      }),
      valid('param', ChannelParam),
      (c) => c.json({ channel: getChannel(app, c.var.viewer, c.req.valid('param').id) }, 200),
    )
    .patch(
      '/api/channels/:id',
      access('signedIn', { summary: 'Change a channel', returns: { 200: ChannelReply } }),
      valid('param', ChannelParam),
      valid('json', EditChannelBody),
      (c) => {
        const { viewer } = c.var;
        const id = editChannel(app, viewer, actorOf(c, app), c.req.valid('param').id, c.req.valid('json'));
        return c.json({ channel: getChannel(app, viewer, id) }, 200);
      },
    );
}
