import { open } from 'node:fs/promises';
import { isAddress } from '../../media/encode/input.ts';
import { isSystemError, type OpenFile } from './source-files.ts';

/** A source opened once, by who reads it from one end to the other or looks at it for a moment. */
export interface OpenedPath extends Pick<OpenFile, 'sizeBytes' | 'modifiedAtMs' | 'read'> {
  close(): Promise<void>;
}

/** Opens a path, or an address on the loopback: also in a thread. Throws what the file system throws, and `ENOENT` for both. */
export async function openPath(path: string): Promise<OpenedPath> {
  if (isAddress(path)) return openByHttp(path);
  const file = await open(path, 'r');
  const { size, mtimeMs } = await file.stat();
  return {
    sizeBytes: size,
    modifiedAtMs: mtimeMs,
    async read(position, length) {
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - position)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** What the system says where nothing of a source can be read now; null where it can. */
export async function whyUnreadable(path: string): Promise<NodeJS.ErrnoException | null> {
  try {
    const file = await openPath(path);
    await file.read(0, 1).finally(() => file.close());
    return null;
  } catch (error) {
    if (isSystemError(error)) return error;
    throw error;
  }
}

async function openByHttp(address: string): Promise<OpenedPath> {
  const { headers } = await ask(address, { method: 'HEAD' });
  const sizeBytes = Number(headers.get('Content-Length'));
  return {
    sizeBytes,
    modifiedAtMs: Number(headers.get('X-Modified-Ms')),
    async read(position, length) {
      const end = Math.min(sizeBytes, position + length);
      if (end <= position) return Buffer.alloc(0);
      const answer = await ask(address, { headers: { Range: `bytes=${position}-${end - 1}` } });
      return Buffer.from(await answer.arrayBuffer());
    },
    close: async () => {},
  };
}

async function ask(address: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(address, init);
  if (answer.ok) return answer;
  await answer.body?.cancel();
  const code = answer.status === 404 ? 'ENOENT' : 'EIO';
  throw Object.assign(new Error(`${code}: the original cannot be read (${answer.status})`), { code });
}

/** All of it, a part after the other. */
export async function* readParts(path: string, partBytes: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await openPath(path);
  try {
    for (let at = 0; at < file.sizeBytes; ) {
      signal.throwIfAborted();
      const bytes = await file.read(at, partBytes);
      if (bytes.length === 0) return;
      at += bytes.length;
      yield bytes;
    }
  } finally {
    await file.close();
  }
}
