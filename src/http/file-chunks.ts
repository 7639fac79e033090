/**
 * Buffers for reading files on their way to sockets. They are used again and again: fresh memory has to be cleared by the
 * system first, which costs more than to copy a file into it.
 */
export interface FileChunks {
  /** A buffer to read into: a large one, or a small one where many are lent already. */
  take(): Buffer;
  /** Gives one back. It is used again unless somebody may still be reading it. */
  give(chunk: Buffer, isFree: boolean): void;
  /** Bytes that are lent now, and kept for the next who ask. */
  lentBytes(): number;
  keptBytes(): number;
}

/** A read, a write and their ways through the thread pool cost the less the fewer they are; more than this saves nothing. */
const LARGE = 512 * 1024;
/** Nobody has to wait because others read slowly: beyond the limit everybody gets little, in place of some nothing. */
const SMALL = 32 * 1024;
/** When nothing has been sent for so long, the memory goes back to the system. */
const IDLE_MS = 10_000;

/** Lends large buffers up to `limitBytes`. */
export function createFileChunks(limitBytes = 64 * 1024 * 1024): FileChunks {
  const kept: Buffer[] = [];
  let lent = 0;
  let idle: NodeJS.Timeout | null = null;
  return {
    take() {
      if (idle) clearTimeout(idle);
      idle = null;
      const isLarge = lent + LARGE <= limitBytes;
      const chunk = (isLarge ? kept.pop() : null) ?? Buffer.allocUnsafeSlow(isLarge ? LARGE : SMALL);
      lent += chunk.length;
      return chunk;
    },
    give(chunk, isFree) {
      lent -= chunk.length;
      if (isFree && chunk.length === LARGE) kept.push(chunk);
      if (lent === 0) idle = setTimeout(() => kept.splice(0), IDLE_MS).unref();
    },
    lentBytes: () => lent,
    keptBytes: () => kept.length * LARGE,
  };
}
