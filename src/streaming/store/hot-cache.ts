import { holdCounted } from '../../core/counted-bytes.ts';

/** Keeps what was asked for lately in memory, up to a number of bytes, least recently used out first. */
export interface HotCache {
  /** What is kept under the key. */
  find(key: string): Buffer | null;
  /**
   * Notes that somebody wants this, and tells whether it is worth its place: somebody else wanted it lately. What each is
   * asked for once, as the parts of a film are by one viewer, must not push out what many ask for.
   */
  isWanted(key: string): boolean;
  /** Returns what is kept under the key, or makes it: once, however many ask at the same time. */
  get(key: string, make: () => Promise<Buffer>): Promise<Buffer>;
  /** Forgets every key with this beginning. */
  forget(prefix: string): void;
  sizeBytes(): number;
}

/**
 * Of how many keys it is known that they were asked for, but not kept: a few times as many as there are segments in such a
 * cache. What comes again later than that would have been pushed out before (the ghost list of the 2Q algorithm).
 */
const NOTED = 128;

interface Kept {
  bytes: Buffer;
  letGo: () => void;
}

export function createHotCache(limitBytes: number): HotCache {
  const kept = new Map<string, Kept>();
  const noted = new Set<string>();
  const making = new Map<string, Promise<Buffer>>();
  let totalBytes = 0;

  function keep(key: string, bytes: Buffer): void {
    // One giant segment must not push out everything else.
    if (bytes.length > limitBytes / 4) return;
    kept.set(key, { bytes, letGo: holdCounted(bytes) });
    totalBytes += bytes.length;
    for (const oldest of kept.keys()) {
      if (totalBytes <= limitBytes) break;
      drop(oldest);
    }
  }

  function drop(key: string): void {
    const { bytes, letGo } = kept.get(key)!;
    kept.delete(key);
    totalBytes -= bytes.length;
    letGo();
  }

  function find(key: string): Buffer | null {
    const hit = kept.get(key);
    if (!hit) return null;
    kept.delete(key);
    kept.set(key, hit);
    return hit.bytes;
  }

  return {
    find,
    isWanted(key) {
      if (noted.delete(key) || making.has(key)) return true;
      noted.add(key);
      if (noted.size > NOTED) noted.delete(noted.values().next().value!);
      return false;
    },
    async get(key, make) {
      const hit = find(key);
      if (hit) return hit;
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
      for (const key of [...kept.keys()]) if (key.startsWith(prefix)) drop(key);
    },
    sizeBytes: () => totalBytes,
  };
}
