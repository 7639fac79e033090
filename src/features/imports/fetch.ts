import { type FileHandle, open, statfs } from 'node:fs/promises';
import { Problem } from '../../core/problem.ts';
import { titleFromFilename } from '../../media/probe/titles.ts';
import { mayConnectTo } from '../../platform/download/addresses.ts';
import { explainFailure, hopeless, passing } from '../../platform/download/failure.ts';
import { filenameOf } from '../../platform/download/filename.ts';
import { type GotReply, guardedGet } from '../../platform/download/guarded-get.ts';
import { receiveInto } from '../../platform/download/receive.ts';
import { readRetryAfter } from '../../platform/download/retry-after.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import { KEEP_FREE_BYTES, storageFull } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import type { UploadFiles } from '../uploads/files.service.ts';
import { measureRoom } from '../uploads/room.service.ts';
import { findVideo } from '../videos/queries.ts';
import { changeVideo, noteReceived } from '../videos/service.ts';
import { createMeter } from './meter.ts';
import { findImport, type ImportRow } from './queries.ts';
import { refusal, refuseByContent, refuseEncoding } from './replies.ts';
import { ifRange, isTheRest, readContentRange, validatorsOf } from './resumption.ts';
import { changeImport } from './service.ts';

/** What a file is can be told by so many of its first bytes. */
const HEAD_BYTES = 64 * 1024;
/** The disk is looked at every so many bytes. */
const LOOK_EVERY_BYTES = 64 * 1024 * 1024;

type Context = Pick<JobContext, 'signal' | 'progress' | 'log'>;

/**
 * One request for a link: goes on where the file in `uploads/` ends, if it is still the same one. Returns once all of it
 * is there. Throws a `DownloadFailure`, or `storage-full`; what has arrived stays.
 */
export async function fetchOnce(
  app: App,
  files: UploadFiles,
  row: ImportRow,
  link: URL,
  context: Context,
): Promise<void> {
  const { videoId } = row;
  const receivedBytes = (await files.receivedBytes(videoId)) ?? 0;
  const validator = ifRange(row);
  if (validator !== null && receivedBytes > 0 && receivedBytes === row.totalBytes) return;
  const from = validator === null ? 0 : receivedBytes;
  const reply = await get(app, link, from > 0 ? { Range: `bytes=${from}-`, 'If-Range': validator! } : {}, context);
  const { status, headers } = reply;
  context.log(`${status} of ${reply.url.host}, asked from byte ${from}.\n`);
  if (from > 0 && status === 416 && readContentRange(headers['content-range'])?.totalBytes === receivedBytes) {
    // Its size was not known, and there is no more.
    reply.body.destroy();
    return;
  }
  if (from > 0 && (status === 416 || (status === 206 && !isTheRest(row, headers, from)))) {
    reply.body.destroy();
    context.log('It is another file by now: begun anew.\n');
    return receive(app, files, videoId, await get(app, link, {}, context), 0, link, context);
  }
  return receive(app, files, videoId, reply, status === 206 ? from : 0, link, context);
}

function get(app: App, link: URL, range: Record<string, string>, { signal }: Context): Promise<GotReply> {
  return guardedGet(link, {
    headers: { 'Accept-Encoding': 'identity', ...range },
    mayConnect: (address) => mayConnectTo(address, app.config.imports.allowNetworks),
    signal,
  });
}

async function receive(
  app: App,
  files: UploadFiles,
  videoId: string,
  reply: GotReply,
  offset: number,
  link: URL,
  context: Context,
): Promise<void> {
  const { url, status, headers, body } = reply;
  let file: FileHandle | null = null;
  try {
    const hasCredentials = link.username !== '' || link.password !== '';
    const refused = refusal(status, url.host, hasCredentials, readRetryAfter(headers, app.clock.nowMs()));
    if (refused) throw refused;
    if (status === 206 && readContentRange(headers['content-range'])?.firstByte !== offset) {
      throw hopeless(`${url.host} sends another part of the file than it was asked for.`);
    }
    refuseEncoding(headers, url.host);
    const totalBytes = totalOf(reply, offset);
    await takeNote(app, files, videoId, reply, totalBytes, offset);
    file = await open(files.pathOf(videoId), offset === 0 ? 'w' : 'r+');
    const head = offset === 0 ? createHead(headers) : null;
    const meter = createMeter(app, videoId, totalBytes, context.progress);
    let lookAt = offset;
    const endedAt = await receiveInto(file, body, {
      offset,
      signal: context.signal,
      async onPart(part, at) {
        head?.add(part);
        refuseTooLarge(app, at + part.length);
        if (at >= lookAt) {
          lookAt = at + LOOK_EVERY_BYTES;
          await refuseFullDisk(app.dataDir.uploadsPath);
        }
        meter.reached(at);
      },
    });
    head?.end();
    meter.finish(endedAt);
    if (totalBytes !== null && endedAt !== totalBytes) throw passing('The connection broke off.');
    app.db.write((tx) => changeImport(tx, videoId, { totalBytes: endedAt }));
  } catch (error) {
    body.destroy();
    if (context.signal.aborted) throw context.signal.reason;
    const failure = explainReceiving(error, url.host);
    // What is no use is not kept: tried again, it would seem to be there.
    if (offset === 0 && (failure as { permanent?: boolean }).permanent) await files.forget(videoId);
    noteReceived(app, videoId, (await files.receivedBytes(videoId)) ?? 0);
    throw failure;
  } finally {
    await file?.close();
  }
}

function explainReceiving(error: unknown, host: string): Error {
  if (error instanceof Problem) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(error);
  if (syscall === 'open' || syscall === 'write' || syscall === 'fdatasync') {
    return passing('The file cannot be written on the server. Ask its admin: the log says more.', error);
  }
  return explainFailure(error, host);
}

/** The size of the whole file; null where the server does not say. */
function totalOf({ status, headers }: GotReply, offset: number): number | null {
  if (status === 206) return readContentRange(headers['content-range'])?.totalBytes ?? null;
  const length = headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? offset + Number(length) : null;
}

/** Writes down what the answer says of the file, before its first byte is written: what is kept is always of that. */
async function takeNote(
  app: App,
  files: UploadFiles,
  videoId: string,
  { url, headers }: GotReply,
  totalBytes: number | null,
  offset: number,
): Promise<void> {
  refuseTooLarge(app, totalBytes ?? 0);
  const room = await measureRoom(app, files);
  if (offset === 0) await files.forget(videoId);
  app.db.write((tx) => {
    const video = findVideo(tx, videoId);
    if (!video || !findImport(tx, videoId)) return;
    room.check(tx, Math.max(0, (totalBytes ?? 0) - offset), videoId);
    const filename = filenameOf(headers, url) ?? video.filename;
    // A title that was made of the name follows it; one that somebody wrote stays.
    const isMade = video.title === titleFromFilename(video.filename);
    const named = offset === 0 ? { filename, ...(isMade ? { title: titleFromFilename(filename) } : {}) } : {};
    changeVideo(app, tx, videoId, { ...named, sizeBytes: totalBytes ?? 0, receivedBytes: offset });
    changeImport(tx, videoId, { totalBytes, ...(offset === 0 ? validatorsOf(headers) : {}) });
  });
}

/** Collects the first bytes until it can be told what they are. */
function createHead(headers: GotReply['headers']) {
  let parts: Buffer[] | null = [];
  let bytes = 0;
  const look = () => {
    if (parts) refuseByContent(Buffer.concat(parts).subarray(0, HEAD_BYTES), headers);
    parts = null;
  };
  return {
    add(part: Buffer) {
      if (!parts) return;
      parts.push(part);
      bytes += part.length;
      if (bytes >= HEAD_BYTES) look();
    },
    end: look,
  };
}

function refuseTooLarge(app: App, sizeBytes: number): void {
  const { maxSizeGb } = app.config.uploads;
  if (sizeBytes <= maxSizeGb * 1e9) return;
  throw hopeless(`The file at this link is larger than this instance takes: at most ${maxSizeGb} GB.`);
}

/** Of the disk that it is fetched to, wherever it is stored in the end. */
async function refuseFullDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < KEEP_FREE_BYTES) throw diskFull();
}

const diskFull = (cause?: unknown) =>
  storageFull("The server's disk is full. This goes on when its admin has made room.", { cause });
