import type { Storage } from './port.ts';

export interface Copied {
  files: number;
  bytes: number;
  /** Files that were there already, with as many bytes. */
  skipped: number;
}

const AT_ONCE = 4;

/**
 * Copies the objects of all videos from one storage to another, with their times. What is there already in the same size is left
 * out, so that it can be gone on with after a break. Nothing is deleted.
 */
export async function copyStorage(options: {
  from: Storage;
  to: Storage;
  signal: AbortSignal;
  onPercent?: (percent: number) => void;
}): Promise<Copied> {
  const { from, to, signal, onPercent = () => {} } = options;
  const there = new Map<string, number>();
  for await (const { key, sizeBytes } of to.list('videos/')) there.set(key, sizeBytes);
  const missing: { key: string; sizeBytes: number }[] = [];
  const copied: Copied = { files: 0, bytes: 0, skipped: 0 };
  let totalBytes = 0;
  for await (const { key, sizeBytes } of from.list('videos/')) {
    if (there.get(key) === sizeBytes) copied.skipped += 1;
    else missing.push({ key, sizeBytes });
    totalBytes += there.get(key) === sizeBytes ? 0 : sizeBytes;
  }
  const left = missing.values();
  const lane = async () => {
    for (const { key, sizeBytes } of left) {
      signal.throwIfAborted();
      const found = await from.stat(key);
      if (!found) continue;
      const put = await to.put(key, await from.readStream(key), { modifiedAtMs: found.modifiedAtMs });
      if (put.sizeBytes !== sizeBytes)
        throw new Error(`${key} changed while it was copied. Stop Kinora, and copy again.`);
      copied.files += 1;
      copied.bytes += sizeBytes;
      onPercent(Math.floor((100 * copied.bytes) / Math.max(1, totalBytes)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return copied;
}
