import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { MINUTE_MS } from '../../core/time.ts';
import { passing } from './failure.ts';

export interface ReceiveOptions {
  /** Where in the file the first byte belongs. */
  offset: number;
  signal: AbortSignal;
  /** Called before each part is written, with its first byte's place; what it throws ends everything. */
  onPart: (part: Buffer, offset: number) => void | Promise<void>;
  /** Fewer than `leastBytes` within `windowMs`: the server sends no more, or means to keep us; 16 kB a minute unless given. */
  pace?: { windowMs: number; leastBytes: number };
  /** After how many bytes what has come is put on the disk itself; 64 MB unless given. */
  syncEveryBytes?: number;
}

const PACE = { windowMs: MINUTE_MS, leastBytes: 16_000 };

/** Left to the system, a power cut costs what it has not written yet, and the end waits for all of it at once. */
const SYNC_EVERY_BYTES = 64 * 1024 * 1024;

/**
 * Writes the body of a reply into a file as it comes, and returns where it ended. Throws where the body ends before it should,
 * or comes too slowly; what has arrived until then is in the file, and however it ends, on the disk.
 */
export async function receiveInto(
  file: FileHandle,
  body: IncomingMessage,
  { offset, signal, onPart, pace = PACE, syncEveryBytes = SYNC_EVERY_BYTES }: ReceiveOptions,
): Promise<number> {
  let at = offset;
  let syncedTo = offset;
  let inWindow = 0;
  const timer = setInterval(() => {
    if (inWindow < pace.leastBytes) body.destroy(passing('The server stopped sending.'));
    inWindow = 0;
  }, pace.windowMs);
  const stop = () => body.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const take = async (part: Buffer) => {
    signal.throwIfAborted();
    await onPart(part, at);
    await writeAll(file, part, at);
    at += part.length;
    inWindow += part.length;
    if (at - syncedTo >= syncEveryBytes) await sync();
  };
  const sync = async () => {
    await file.datasync();
    syncedTo = at;
  };
  try {
    for await (const part of body as AsyncIterable<Buffer>) await take(part);
    signal.throwIfAborted();
    await sync();
    return at;
  } catch (error) {
    // What had come before the connection broke is still in the stream, up to 64 kB of it: a server that breaks off early
    // each time would never be done otherwise.
    const rest = (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? (body.read() as Buffer | null) : null;
    if (rest) await take(rest);
    // What went wrong is what counts, not that the disk is in trouble as well.
    await sync().catch(() => {});
    throw error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    body.destroy();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}
