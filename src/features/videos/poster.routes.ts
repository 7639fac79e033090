import { Hono } from 'hono';
import { invalidInput } from '../../core/problem.ts';
import { access } from '../../http/access.ts';
import { readBody } from '../../http/body.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import type { App } from '../../ports.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { PosterBody, PosterChoicesWire, VideoReply } from './api.ts';
import { choosePoster, listPosterChoices, resetPoster, sendPoster } from './poster.service.ts';
import { pictureTooLarge } from './problems.ts';
import { getEditable } from './service.ts';

const LARGEST_BYTES = 16 * 1024 * 1024;

/** Which picture stands for a video in lists: one of its own frames, or one its owner sends. */
export function posterRoutes(app: App, reply: (viewer: Viewer, id: string) => Promise<VideoReply>) {
  return new Hono<HttpEnv>()
    .get(
      '/api/videos/:id/poster',
      access('signedIn', { summary: 'The pictures to choose a poster from', returns: { 200: PosterChoicesWire } }),
      valid('param', IdParam),
      (c) => c.json(listPosterChoices(app, c.var.viewer, c.req.valid('param').id), 200),
    )
    .put(
      '/api/videos/:id/poster',
      access('signedIn', {
        summary: 'Choose the poster, or send one',
        description:
          'JSON `{"choice": 2}` takes one of the choices. A JPEG, PNG, WebP or AVIF file as the body (`Content-Type: image/...`, at most 16 MiB) takes that. Either stays when the other pictures are made anew.',
        returns: { 200: VideoReply },
      }),
      valid('param', IdParam),
      async (c) => {
        const { viewer } = c.var;
        const { id } = c.req.valid('param');
        // Asked first: nobody sends us megabytes that we refuse to look at.
        getEditable(app, viewer, id);
        const bytes = await readBody(c, { mostBytes: LARGEST_BYTES, tooLarge });
        const isPicture = c.req.header('content-type')?.toLowerCase().startsWith('image/');
        if (isPicture) await sendPoster(app, viewer, id, bytes);
        else await choosePoster(app, viewer, id, readChoice(bytes));
        return c.json(await reply(viewer, id), 200);
      },
    )
    .delete(
      '/api/videos/:id/poster',
      access('signedIn', { summary: 'Let Kinora choose the poster again', returns: { 200: VideoReply } }),
      valid('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        await resetPoster(app, c.var.viewer, id);
        return c.json(await reply(c.var.viewer, id), 200);
      },
    );
}

function readChoice(bytes: Buffer): number {
  const body = PosterBody.safeParse(parsed(bytes));
  if (!body.success) throw invalidInput('Send {"choice": NUMBER} as JSON, or a picture with its Content-Type.');
  return body.data.choice;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

const tooLarge = () => pictureTooLarge('The picture is larger than 16 MiB. Make it smaller.');
