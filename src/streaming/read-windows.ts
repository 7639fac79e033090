import type { OpenFile } from './source-files.ts';

/** Small pieces of a file that were read, kept for those who look at the same places again. */
export interface Windows {
  /** Bytes that hold a position and `length` bytes from there on, as far as the file goes. */
  at(position: number, length?: number): Promise<Window>;
}

export interface Window {
  /** Where in the file the bytes begin. */
  base: number;
  bytes: Buffer;
}

/** What is read when a few bytes are asked for, and how many such pieces are kept. */
export const WINDOW_BYTES = 4096;
const MOST_KEPT = 4096;

export function createWindows(source: Pick<OpenFile, 'sizeBytes' | 'read'>): Windows {
  const kept = new Map<number, Window>();
  let last: Window = { base: 0, bytes: Buffer.alloc(0) };
  return {
    async at(position, length = WINDOW_BYTES) {
      const wanted = Math.min(length, Math.max(0, source.sizeBytes - position));
      const holds = ({ base, bytes }: Window) => position >= base && position + wanted <= base + bytes.length;
      if (holds(last)) return last;
      const found = kept.get(position);
      if (found && holds(found)) {
        last = found;
        return found;
      }
      const room = Math.min(Math.max(wanted, WINDOW_BYTES), Math.max(0, source.sizeBytes - position));
      const read = { base: position, bytes: room > 0 ? await source.read(position, room) : Buffer.alloc(0) };
      last = read;
      if (room <= WINDOW_BYTES) {
        kept.set(position, read);
        for (const oldest of kept.keys()) {
          if (kept.size <= MOST_KEPT) break;
          kept.delete(oldest);
        }
      }
      return read;
    },
  };
}
