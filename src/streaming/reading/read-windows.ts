import type { OpenFile } from './source-files.ts';

/** Small pieces of a file that were read, kept for a while for those who look at the same places again. */
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
/** Tracks are looked at one after the other when a film is inspected, and hardly ever again. */
const KEPT_MS = 5000;
const NOTHING: Window = { base: 0, bytes: Buffer.alloc(0) };

export function createWindows(source: Pick<OpenFile, 'sizeBytes' | 'read'>, keptMs = KEPT_MS): Windows {
  const kept = new Map<number, Window>();
  let last = NOTHING;
  let used = false;
  let sweeping: NodeJS.Timeout | null = null;

  function sweep(): void {
    if (used) {
      used = false;
      return;
    }
    clearInterval(sweeping!);
    sweeping = null;
    kept.clear();
    last = NOTHING;
  }

  return {
    async at(position, length = WINDOW_BYTES) {
      const room = Math.max(0, source.sizeBytes - position);
      const wanted = Math.min(length, room);
      const holds = ({ base, bytes }: Window) => position >= base && position + wanted <= base + bytes.length;
      used = true;
      if (holds(last)) return last;
      const found = kept.get(position);
      if (found && holds(found)) {
        last = found;
        return found;
      }
      const ahead = Math.min(Math.max(wanted, WINDOW_BYTES), room);
      const window = ahead > 0 ? { base: position, bytes: await source.read(position, ahead) } : NOTHING;
      last = window;
      sweeping ??= setInterval(sweep, keptMs).unref();
      if (ahead > 0 && ahead <= WINDOW_BYTES) {
        kept.set(position, window);
        for (const oldest of kept.keys()) {
          if (kept.size <= MOST_KEPT) break;
          kept.delete(oldest);
        }
      }
      return window;
    },
  };
}
