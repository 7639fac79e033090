import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { access } from '../../http/access.ts';
import { drainRequest } from '../../http/drain.ts';
import type { HttpEnv } from '../../http/env.ts';
import { checked, IdParam, valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import { basePathOf } from '../../platform/config/base-path.ts';
import type { App } from '../../ports.ts';
import { videoWire } from '../videos/queries.ts';
import { removeVideo } from '../videos/service.ts';
import { CompleteUploadReply, InitUploadBody, InitUploadReply } from './api.ts';
import { createUploadFiles } from './files.service.ts';
import { tusRefused } from './problems.ts';
import { completeUpload, getUpload, initUpload } from './service.ts';
import { createTus, TUS_VERSION } from './tus.ts';

const PATH = '/api/uploads';

export function uploadRoutes(app: App) {
  const files = createUploadFiles(app);
  const tus = createTus(app, files, PATH);
  const urlOf = (id: string) => `${basePathOf(app.config)}${PATH}/${id}`;
  const doc = (summary: string, returns: Record<number, null>) => ({ summary, returns, tags: ['tus'] });

  return new Hono<HttpEnv>()
    .post(
      '/api/videos/init',
      access('signedIn', { summary: 'Begin an upload', returns: { 201: InitUploadReply } }),
      valid('json', InitUploadBody),
      async (c) => {
        const id = await initUpload(app, files, c.var.viewer, c.req.valid('json'));
        const video = videoWire(app, c.var.viewer, id);
        return c.json({ video, upload: { protocol: 'tus' as const, url: urlOf(id) } }, 201);
      },
    )
    .post(
      '/api/videos/:id/complete',
      access('signedIn', { summary: 'Say that all bytes have been sent', returns: { 202: CompleteUploadReply } }),
      valid('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        await completeUpload(app, files, c.var.viewer, id);
        return c.json({ video: videoWire(app, c.var.viewer, id) }, 202);
      },
    )
    .options(PATH, access('anyone', doc('What this tus server can do', { 204: null })), (c) =>
      c.body(null, 204, tus.options()),
    )
    .options(`${PATH}/:id`, access('anyone', doc('What this tus server can do', { 204: null })), (c) =>
      c.body(null, 204, tus.options()),
    )
    .post(PATH, access('signedIn', doc('Begin an upload (tus creation)', { 201: null })), async (c) => {
      const metadata = readMetadata(c.req.header('upload-metadata'));
      const sizeBytes = readLength(c);
      const filename = metadata.get('filename') || metadata.get('name') || 'upload';
      const title = metadata.get('title')?.trim();
      const body = checked(InitUploadBody, { filename, sizeBytes, ...(title ? { title } : {}) });
      return create(c, await initUpload(app, files, c.var.viewer, body));
    })
    .post(
      `${PATH}/:id`,
      access('signedIn', doc('Begin this upload (tus creation)', { 201: null })),
      valid('param', IdParam),
      (c) => {
        const method = c.req.header('x-http-method-override')?.toUpperCase();
        const { id } = c.req.valid('param');
        if (method === 'PATCH' || method === 'DELETE' || method === 'HEAD') return protocol(c, id, method);
        if (readLength(c) !== getUpload(app, c.var.viewer, id).sizeBytes) {
          throw tusRefused(409, 'Upload-Length differs from the size that was announced for this upload.');
        }
        return create(c, id);
      },
    )
    .patch(`${PATH}/:id`, access('signedIn', doc('Send bytes (tus)', { 204: null })), valid('param', IdParam), (c) =>
      protocol(c, c.req.valid('param').id, 'PATCH'),
    )
    .delete(
      `${PATH}/:id`,
      access('signedIn', doc('Cancel an upload (tus termination)', { 204: null })),
      valid('param', IdParam),
      (c) => protocol(c, c.req.valid('param').id, 'DELETE'),
    )
    .get(
      `${PATH}/:id`,
      access('signedIn', {
        ...doc('How many bytes have arrived (tus HEAD)', {}),
        returns: { 200: z.object({ receivedBytes: z.number().int(), sizeBytes: z.number().int() }) },
      }),
      valid('param', IdParam),
      async (c) => {
        const video = getUpload(app, c.var.viewer, c.req.valid('param').id);
        if (c.req.method === 'HEAD') return protocol(c, video.id, 'HEAD') as never;
        const received = video.state === 'uploading' ? await files.receivedBytes(video.id) : video.sizeBytes;
        return c.json({ receivedBytes: received ?? 0, sizeBytes: video.sizeBytes }, 200);
      },
    );

  /** Speaks tus about one upload of the viewer's. */
  async function protocol(c: Context<HttpEnv>, id: string, method: string): Promise<Response> {
    c.header('Tus-Resumable', TUS_VERSION);
    const video = getUpload(app, c.var.viewer, id);
    const request = c.req.method === method ? c.req.raw : withMethod(c.req.raw, method);
    const response = await answered(c, tus.handle(request, video));
    if (method === 'DELETE') removeVideo(app, c.var.viewer, actorOf(c, app), id);
    return response;
  }

  /** Answers a creation with the upload's own URL; bytes that came along are its first (creation-with-upload). */
  async function create(c: Context<HttpEnv>, id: string): Promise<Response> {
    c.header('Tus-Resumable', TUS_VERSION);
    const video = getUpload(app, c.var.viewer, id);
    const carriesBytes = c.req.header('content-type') === 'application/offset+octet-stream';
    const request = withMethod(c.req.raw, carriesBytes ? 'PATCH' : 'HEAD', new URL(`${PATH}/${id}`, c.req.url).href);
    if (carriesBytes) request.headers.set('Upload-Offset', '0');
    const response = await answered(c, tus.handle(request, video));
    const headers: Record<string, string> = { Location: urlOf(id), 'Tus-Resumable': TUS_VERSION };
    for (const name of ['Upload-Offset', 'Upload-Expires']) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return new Response(null, { status: 201, headers });
  }
}

/** A refusal is sent when the client has finished sending, and so hears it. */
async function answered(c: Context, response: Promise<Response>): Promise<Response> {
  try {
    return await response;
  } catch (error) {
    await drainRequest(c);
    throw error;
  }
}

function withMethod(request: Request, method: string, url = request.url): Request {
  const headers = new Headers(request.headers);
  headers.delete('upload-length');
  headers.delete('upload-metadata');
  headers.delete('x-http-method-override');
  const body = method === 'PATCH' ? request.body : null;
  return new Request(url, {
    method,
    headers,
    body,
    signal: request.signal,
    ...(body ? { duplex: 'half' } : {}),
  } as RequestInit);
}

function readLength(c: Context): number {
  const length = c.req.header('upload-length') ?? '';
  if (!/^\d{1,15}$/.test(length)) {
    throw tusRefused(
      400,
      'Upload-Length must say how many bytes the file has; uploads of unknown length are not taken.',
    );
  }
  return Number(length);
}

/** `Upload-Metadata` (tus 1.0, creation): comma-separated pairs of a key and a base64 value. */
function readMetadata(header: string | undefined): Map<string, string> {
  const pairs = (header ?? '').split(',').map((pair) => pair.trim().split(/\s+/));
  return new Map(
    pairs.filter(([key]) => key).map(([key, value]) => [key!, Buffer.from(value ?? '', 'base64').toString('utf8')]),
  );
}
