/** Keeps what was asked for lately in memory, up to a number of bytes, least recently used out first. */
export interface HotCache {
  /** Returns what is kept under the key, or makes it: once, however many ask at the same time. */
  get(key: string, make: () => Promise<Buffer>): Promise<Buffer>;
  /** Forgets every key with this beginning. */
  forget(prefix: string): void;
  sizeBytes(): number;
}

export function createHotCache(limitBytes: number): HotCache {
  const kept = new Map<string, Buffer>();
  const making = new Map<string, Promise<Buffer>>();
  let totalBytes = 0;

  function keep(key: string, bytes: Buffer): void {
    // One giant segment must not push out everything else.
    if (bytes.length > limitBytes / 4) return;
    kept.set(key, bytes);
    totalBytes += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (totalBytes <= limitBytes) break;
      kept.delete(oldest);
      totalBytes -= length;
    }
  }

  return {
    async get(key, make) {
      const hit = kept.get(key);
      if (hit) {
        kept.delete(key);
        kept.set(key, hit);
        return hit;
      }
      const running = making.get(key);
      if (running) return running;
      const made = make();
      making.set(key, made);
      try {
        const bytes = await made;
        // A forget in the meantime took it out of `making`: then it is stale already.
        if (making.get(key) === made && !kept.has(key)) keep(key, bytes);
        return bytes;
      } finally {
        if (making.get(key) === made) making.delete(key);
      }
    },
    forget(prefix) {
      for (const key of making.keys()) if (key.startsWith(prefix)) making.delete(key);
      for (const [key, { length }] of kept) {
        if (!key.startsWith(prefix)) continue;
        kept.delete(key);
        totalBytes -= length;
      }
    },
    sizeBytes: () => totalBytes,
  };
}
