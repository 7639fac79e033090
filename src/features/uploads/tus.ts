import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EVENTS, Server as TusServer } from '@tus/server';
import { KEEP_FREE_BYTES, storageFull } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import type { VideoRow } from '../videos/queries.ts';
import { noteReceived } from '../videos/service.ts';
import type { UploadFiles } from './files.service.ts';
import { checksumMismatch, tusRefused } from './problems.ts';
import { finishUpload, storedBytes } from './service.ts';

/**
 * tus 1.0 over `@tus/server`, which does the core protocol. Here is what it lacks: the checksum extension, and upload
 * resources that exist from `init` on and go on answering once the upload has been taken in.
 */

export const TUS_VERSION = '1.0.0';
const TUS_EXTENSIONS = 'creation,creation-with-upload,expiration,termination,checksum';
const CHECKSUMS = ['sha1', 'sha256', 'sha512', 'md5'];

export interface Tus {
  /** Answers HEAD, PATCH and DELETE on one upload of the viewer's. */
  handle(request: Request, video: VideoRow): Promise<Response>;
  /** Headers of an OPTIONS answer. */
  options(): Record<string, string>;
}

export function createTus(app: App, files: UploadFiles, path: string): Tus {
  const maxSize = () => app.config.uploads.maxSizeGb * 1e9;
  const server = new TusServer({
    path,
    datastore: files.store,
    maxSize,
    relativeLocation: true,
    allowedOrigins: () => false,
    disableTerminationForFinishedUploads: true,
  } as ConstructorParameters<typeof TusServer>[0]);
  server.on(EVENTS.POST_RECEIVE as 'POST_RECEIVE', (_request, upload) => {
    noteReceived(app, upload.id, upload.offset);
    app.events.emit('upload.progressed', {
      videoId: upload.id,
      receivedBytes: upload.offset,
      sizeBytes: upload.size ?? 0,
      bytesPerSecond: null,
    });
  });

  async function forward(request: Request): Promise<Response> {
    const response = await server.handleWeb(request);
    if (response.status < 400) return response;
    const said = (await response.text()).trim();
    throw await explain(app, response.status, said);
  }

  return {
    async handle(request, video) {
      if (video.state !== 'uploading') return answerFinished(request, video);
      if (request.method === 'PATCH' && (await isFull(app))) throw diskFull();
      const receivedBytes = await begun(app, files, video);
      const checked = await verifyChecksum(app, request, { receivedBytes, sizeBytes: video.sizeBytes });
      try {
        const response = await forward(checked.request);
        const offset = Number(response.headers.get('upload-offset') ?? Number.NaN);
        // Only then is the last byte acknowledged: whoever reads "all of it is here" finds a video being processed.
        if (request.method === 'PATCH' && offset === video.sizeBytes) await finishUpload(app, files, video);
        return response;
      } finally {
        await checked.done();
      }
    },
    options: () => ({
      'Tus-Resumable': TUS_VERSION,
      'Tus-Version': TUS_VERSION,
      'Tus-Extension': TUS_EXTENSIONS,
      'Tus-Max-Size': String(maxSize()),
      'Tus-Checksum-Algorithm': CHECKSUMS.join(','),
    }),
  };
}

/**
 * How many bytes have arrived. An upload that was cancelled and brought back begins anew, since its bytes went at once; one whose file
 * is in storage already is about to be finished.
 */
async function begun(app: App, files: UploadFiles, { id, sizeBytes }: VideoRow): Promise<number> {
  const received = await files.receivedBytes(id);
  if (received !== null) return received;
  const stored = await storedBytes(app, files, id);
  if (stored === null) await files.create(id, sizeBytes);
  return stored ?? 0;
}

/** The upload has been taken in, perhaps by the very request whose answer got lost: it is complete, and stays so. */
function answerFinished(request: Request, video: VideoRow): Response {
  const headers = {
    'Tus-Resumable': TUS_VERSION,
    'Upload-Offset': String(video.sizeBytes),
    'Upload-Length': String(video.sizeBytes),
    'Cache-Control': 'no-store',
  };
  if (request.method === 'HEAD') return new Response(null, { status: 200, headers });
  if (request.method === 'PATCH' && request.headers.get('upload-offset') === String(video.sizeBytes)) {
    return new Response(null, { status: 204, headers });
  }
  throw tusRefused(409, 'This upload is complete. To delete the video, use the page of the video.');
}

/**
 * The checksum extension: a part with `Upload-Checksum` is put aside and only goes into the upload when it is right, so a
 * damaged part changes nothing. Nor is more put aside than the upload still lacks.
 */
async function verifyChecksum(
  app: App,
  request: Request,
  upload: { receivedBytes: number; sizeBytes: number },
): Promise<{ request: Request; done: () => Promise<void> }> {
  const header = request.headers.get('upload-checksum');
  if (request.method !== 'PATCH' || header === null) return { request, done: async () => {} };
  const [algorithm, expected] = header.trim().split(/\s+/);
  if (!algorithm || !expected || !CHECKSUMS.includes(algorithm)) {
    throw tusRefused(400, `Upload-Checksum must name one of ${CHECKSUMS.join(', ')} and the checksum in base64.`);
  }
  if (request.headers.get('upload-offset') !== String(upload.receivedBytes)) throw tusRefused(409, WORDS.offset);
  let left = upload.sizeBytes - upload.receivedBytes;
  const path = `${app.dataDir.tmpPath}/part-${crypto.randomUUID()}`;
  const done = () => unlink(path).catch(() => {});
  try {
    const hash = createHash(algorithm);
    const body = request.body
      ? Readable.fromWeb(request.body as import('node:stream/web').ReadableStream)
      : Readable.from([]);
    await pipeline(
      body,
      async function* (chunks) {
        for await (const chunk of chunks) {
          left -= chunk.length;
          if (left < 0) throw tusRefused(413, WORDS.size);
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path),
    );
    if (hash.digest('base64') !== expected) {
      throw checksumMismatch('This part was damaged on its way: its checksum differs. Send it again.');
    }
    const again = new Request(request.url, {
      method: 'PATCH',
      headers: request.headers,
      body: Readable.toWeb(createReadStream(path)) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    return { request: again, done };
  } catch (error) {
    await done();
    throw error;
  }
}

async function isFull(app: App): Promise<boolean> {
  const freeBytes = await app.storage.freeBytes();
  return freeBytes !== null && freeBytes < KEEP_FREE_BYTES;
}

/** Turns tus's plain words into a problem; a disk that is full looks like any failed write to it. */
async function explain(app: App, status: number, said: string): Promise<Error> {
  if (status >= 500 && (await isFull(app))) return diskFull();
  const found = SAID.find(([pattern]) => pattern.test(said));
  const detail = found ? found[1] : said ? `${said.replace(/\.?$/, '.')}` : 'The upload was refused.';
  // Only then does a client know what it could speak instead (tus 1.0, "Tus-Resumable").
  return tusRefused(status, detail, status === 412 ? { 'Tus-Version': TUS_VERSION } : {});
}

const WORDS = {
  version: 'This is tus 1.0: send "Tus-Resumable: 1.0.0" with each request.',
  type: 'Send the bytes with "Content-Type: application/offset+octet-stream".',
  number: 'Upload-Offset must say at which byte this part begins.',
  offset: 'Upload-Offset is not where the upload stands. Ask by HEAD how much has arrived, and go on from there.',
  size: 'These are more bytes than the upload was announced with.',
  gone: 'The bytes of this upload are gone: it was cancelled or has expired. Begin again.',
};
const SAID: [RegExp, string][] = [
  [/tus-resumable/i, WORDS.version],
  [/content-type/i, WORDS.type],
  [/upload-offset conflict/i, WORDS.offset],
  [/upload-offset/i, WORDS.number],
  [/size exceeded/i, WORDS.size],
  [/not found|no longer exists/i, WORDS.gone],
];

const diskFull = () =>
  storageFull("The server's disk is full. Ask its admin to make room, then go on with the upload.");
