import { close, fstatSync, open, read } from 'node:fs';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { OpenObject } from '../platform/storage/port.ts';
import { type BytesOptions, notModified, type PlannedAnswer, planAnswer, sendBytes } from './bytes.ts';
import { createFileChunks } from './file-chunks.ts';
import { type NodeAnswer, nodeOf, stopWhenStuck, whenOver } from './node-answer.ts';

/** A picture or two. */
const SMALL_BYTES = 2 * 1024 * 1024;

/** Shared by all answers: what they hold together is bounded. */
export const fileChunks = createFileChunks();

/**
 * Answers with a file, as `sendBytes` does with bytes, holding no more of it in memory than is on its way to the socket: the
 * next part is read when the last has been taken. Null where there is no such file, and nothing has been answered.
 */
export async function sendFile(c: Context, path: string, options: BytesOptions): Promise<Response | null> {
  const unchanged = notModified(c, options);
  if (unchanged) return unchanged;
  const fd = await openFile(path);
  if (fd === null) return null;
  try {
    // The file is open: this asks the kernel's memory, not the disk.
    const stats = fstatSync(fd);
    if (!stats.isFile()) return null;
    const answer = planAnswer(c, stats.size, options);
    const { status, headers } = answer;
    if (c.req.method === 'HEAD') return new Response(null, { status, headers });
    const node = nodeOf(c);
    if (!node) return new Response(await readWhole(fd, answer), { status, headers });
    await pour((chunk, length, at) => readInto(fd, chunk, length, at), answer, node);
    return RESPONSE_ALREADY_SENT;
  } finally {
    close(fd, () => {});
  }
}

/**
 * Answers with an object that is read a part at a time, wherever it is, in the same way. What is small is read as a whole, and may be
 * sent from memory the next time.
 */
export async function sendObject(c: Context, object: OpenObject, options: BytesOptions): Promise<Response> {
  const node = nodeOf(c);
  if (object.sizeBytes <= SMALL_BYTES || !node) return sendBytes(c, await object.read(0, object.sizeBytes), options);
  const unchanged = notModified(c, options);
  if (unchanged) return unchanged;
  const answer = planAnswer(c, object.sizeBytes, options);
  const { status, headers } = answer;
  if (c.req.method === 'HEAD') return new Response(null, { status, headers });
  await pour((chunk, length, at) => object.readInto(at, [chunk.subarray(0, length)]), answer, node);
  return RESPONSE_ALREADY_SENT;
}

/** Reads up to `length` bytes from a place of a file to the beginning of `chunk`. */
type ReadChunk = (chunk: Buffer, length: number, at: number) => Promise<number>;

/** Writes an answer past Hono, which would wrap every part in a stream's. A client that goes away ends it. */
async function pour(read: ReadChunk, { status, headers, start, end }: PlannedAnswer, node: NodeAnswer): Promise<void> {
  const { incoming, outgoing } = node;
  const chunk = fileChunks.take();
  let isGone = false;
  let wake = () => {};
  whenOver(node, () => {
    isGone = true;
    wake();
  });
  try {
    stopWhenStuck(node);
    outgoing.writeHead(status, headers);
    for (let at = start; at < end && !isGone; ) {
      const length = await read(chunk, Math.min(chunk.length, end - at), at);
      // What was promised cannot be kept, and the client shall not take it for whole.
      if (length === 0) throw new Error('A file became shorter while it was sent.');
      at += length;
      if (isGone) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        outgoing.write(chunk.subarray(0, length), () => resolve());
      });
    }
    if (!isGone) outgoing.end();
  } catch (error) {
    isGone = true;
    incoming.socket.destroy();
    throw error;
  } finally {
    fileChunks.give(chunk, !isGone);
  }
}

function openFile(path: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    open(path, 'r', (error, fd) => {
      if (!error) resolve(fd);
      else if (error.code === 'ENOENT' || error.code === 'ENOTDIR') resolve(null);
      else reject(error);
    });
  });
}

function readInto(fd: number, chunk: Buffer, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, chunk, 0, length, position, (error, bytesRead) => (error ? reject(error) : resolve(bytesRead)));
  });
}

/** For requests that did not come over a socket. */
async function readWhole(fd: number, { start, end }: PlannedAnswer): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  let length = 0;
  while (length < bytes.length) {
    const more = await readInto(fd, bytes.subarray(length), bytes.length - length, start + length);
    if (more === 0) throw new Error('A file became shorter while it was read.');
    length += more;
  }
  return bytes;
}
