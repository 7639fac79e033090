import { Hono } from 'hono';
import { z } from 'zod';
import { Id } from '../../core/wire.ts';
import { access } from '../../http/access.ts';
import { readBody } from '../../http/body.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { MOST_BYTES } from '../../media/captions/cues.ts';
import type { App } from '../../ports.ts';
import { AddCaptionQuery, EditCaptionBody, OwnCaptionList, OwnCaptionReply } from './api.ts';
import { addCaption, editCaption, listOwn, removeCaption } from './own.service.ts';
import { captionTooLarge } from './problems.ts';

const CaptionParam = z.object({ id: Id, caption: Id });

/** A video's subtitles as its owner sees and changes them. */
export function captionRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/videos/:id/captions',
      access('signedIn', {
        summary: 'All subtitle tracks of a video, also failed ones',
        returns: { 200: OwnCaptionList },
      }),
      valid('param', IdParam),
      (c) => c.json({ items: listOwn(app, c.var.viewer, c.req.valid('param').id) }, 200),
    )
    .post(
      '/api/videos/:id/captions',
      access('signedIn', {
        summary: 'Add subtitles',
        description: 'The body is the file: SRT, WebVTT or ASS of at most 5 MB, in whatever encoding.',
        returns: { 201: OwnCaptionReply },
      }),
      valid('param', IdParam),
      valid('query', AddCaptionQuery),
      async (c) => {
        const { id } = c.req.valid('param');
        const bytes = await readBody(c, { mostBytes: MOST_BYTES, tooLarge });
        return c.json({ caption: await addCaption(app, c.var.viewer, id, c.req.valid('query'), bytes) }, 201);
      },
    )
    .patch(
      '/api/videos/:id/captions/:caption',
      access('signedIn', { summary: 'Change what a subtitle track is called', returns: { 200: OwnCaptionReply } }),
      valid('param', CaptionParam),
      valid('json', EditCaptionBody),
      (c) => {
        const { id, caption } = c.req.valid('param');
        return c.json({ caption: editCaption(app, c.var.viewer, id, caption, c.req.valid('json')) }, 200);
      },
    )
    .delete(
      '/api/videos/:id/captions/:caption',
      access('signedIn', { summary: 'Remove subtitles that were added', returns: { 204: null } }),
      valid('param', CaptionParam),
      (c) => {
        const { id, caption } = c.req.valid('param');
        removeCaption(app, c.var.viewer, id, caption);
        return c.body(null, 204);
      },
    );
}

const tooLarge = () => captionTooLarge(`A subtitle file may have at most ${MOST_BYTES / 1024 / 1024} MB.`);
