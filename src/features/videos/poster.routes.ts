import { type Context, Hono } from 'hono';
import { invalidInput } from '../../core/problem.ts';
import { access } from '../../http/access.ts';
import { drainRequest } from '../../http/drain.ts';
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
        if (c.req.header('content-type')?.startsWith('image/')) {
          await sendPoster(app, viewer, id, await readBody(c));
        } else {
          await choosePoster(app, viewer, id, await readChoice(c));
        }
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

async function readChoice(c: Context<HttpEnv>): Promise<number> {
  const body = PosterBody.safeParse(await c.req.json().catch(() => null));
  if (!body.success) throw invalidInput('Send {"choice": NUMBER} as JSON, or a picture with its Content-Type.');
  return body.data.choice;
}

const tooLarge = () => pictureTooLarge('The picture is larger than 16 MiB. Make it smaller.');

/** The whole body, never more of it than is allowed: what is too large is read on and thrown away, so that they hear why. */
async function readBody(c: Context<HttpEnv>): Promise<Buffer> {
  if (Number(c.req.header('content-length') ?? 0) > LARGEST_BYTES) {
    await drainRequest(c);
    throw tooLarge();
  }
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of c.req.raw.body ?? []) {
    sizeBytes += piece.length;
    if (sizeBytes <= LARGEST_BYTES) pieces.push(piece);
  }
  if (sizeBytes > LARGEST_BYTES) throw tooLarge();
  return Buffer.concat(pieces);
}
